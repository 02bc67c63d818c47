"""What every part that speaks HTTP shares: how a refusal looks, who knocks, how long a body may be."""
