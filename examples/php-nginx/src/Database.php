<?php

namespace Shop;

use PDO;

final class Database
{
    public static function connect(): PDO
    {
        $host = getenv('DATABASE_HOST') ?: '127.0.0.1';
        $name = getenv('DATABASE_NAME') ?: 'shop';
        return new PDO(
            "mysql:host=$host;dbname=$name;charset=utf8mb4",
            getenv('DATABASE_USER') ?: null,
            getenv('DATABASE_PASSWORD') ?: null,
            [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ATTR_TIMEOUT => 2],
        );
    }
}
