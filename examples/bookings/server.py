"""How gunicorn runs the example: `gunicorn -c python:examples.bookings.server examples.bookings.wsgi:app`."""

worker_class = "gthread"
workers = 2
threads = 4
# Newer gunicorns open a control socket in the home directory, which an example has no use for.
# Older ones do not know the name and pass it over.
control_socket_disable = True
