<?php echo "Hello from ", getenv("APP_ENV"), "\n";
