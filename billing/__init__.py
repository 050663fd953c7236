"""What it costs: tiers, subscriptions, and a double-entry ledger in milli-credits."""
