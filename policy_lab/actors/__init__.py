"""The actors: generators that yield the pause they want; whoever drives them decides what a pause is."""
