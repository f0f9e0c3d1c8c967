<?php
// 200 with the version of the server, or 503; the log has the reason.
require __DIR__ . '/../vendor/autoload.php';

use Shop\Database;

header('Content-Type: application/json');
try {
    $answer = ['driver' => 'mysql', 'server' => Database::connect()->getAttribute(PDO::ATTR_SERVER_VERSION)];
} catch (PDOException $exception) {
    error_log($exception->getMessage());
    http_response_code(503);
    $answer = ['drivers' => PDO::getAvailableDrivers(), 'error' => 'no connection'];
}
echo json_encode($answer), "\n";
