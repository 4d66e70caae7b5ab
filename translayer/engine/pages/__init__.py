"""Pages: what is served beside the app's resources, of the API itself."""
