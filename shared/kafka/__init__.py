"""The one place that knows the options of aiokafka and FastStream."""
