<?php
require __DIR__ . '/../vendor/autoload.php';

header('Content-Type: text/html; charset=utf-8');
?>
<!doctype html>
<title>Shop</title>
<link rel="stylesheet" href="/style.css">
<h1>Hello from PHP <?= PHP_VERSION ?> in <?= htmlspecialchars(getenv('APP_ENV') ?: 'no environment') ?></h1>
<p><a href="/database.php">Database</a></p>
