"""Real apps over real storage, each served by translayer in several versions and run by the tests."""
