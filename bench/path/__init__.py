"""The four services with all their rules: what an event costs on its way from upstream to the next follow-up."""
