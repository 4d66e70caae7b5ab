"""A booking service: a small Flask app for today's bookings, and in front of it every version it published.

`app`, `store`, `rules`, `ticket` and `samples` are the app, which knows nothing of versions. `api` tells the versions,
`wsgi` puts the two together, `server` is how gunicorn runs them and `demo` shows them at work.
"""
