"""What a browser sends and keeps."""
