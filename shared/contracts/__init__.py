"""The code form of the contract: envelope, topics, policy, and one module per writer."""
