"""What opens raster files; nobody else imports GDAL."""
