"""The reference job: one stream of events, graded per customer, by Holdfast's engine and by what people would pick."""
