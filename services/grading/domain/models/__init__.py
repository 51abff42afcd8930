"""The statistics of a customer's purchases: when they buy, whether they still do, what they spend. Time in weeks."""
