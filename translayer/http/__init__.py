"""What an HTTP message is: requests, replies, media types, Accept, entity tags. No JSON here, and no WSGI."""
