"""The models for many customers at once: fitted and scored with numpy and scipy, in processes that may take a while."""
