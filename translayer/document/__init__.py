"""What a JSON document is: its codec with its bounds, pointers into it, patches of it. No HTTP here."""
