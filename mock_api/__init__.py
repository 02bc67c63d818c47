"""The gated API: early-tester tokens, an approval queue for every output, revocation. It generates no video."""
