#include <lapstrake/app/check/check.hpp>
#include <lapstrake/base/text.hpp>

#include "journey.hpp"

using namespace lapstrake;

namespace {

using Lines = std::vector<std::string>;

// A shop: nginx before a PHP application, in one task.
struct Shop : Journey {
  std::string steps = "copy: [ { from: shop.conf, to: /etc/nginx/conf.d/default.conf } ]";
  std::string task = "networkMode: awsvpc";

  explicit Shop(const std::string& config) { dir.write("shop.conf", config); }

  // "MESSAGE; HINT; HELP at FILE:LINE:COLUMN" of warnings.
  Lines warnings() {
    dir.write("lapstrake.yaml",
              cat("images:\n  web: { layers: [ { name: config, ", steps, " } ] }\n", "tasks:\n  shop:\n    ", task,
                  "\n    containerDefinitions:\n", "      - { name: web, essential: true, image: \"${images.web}\" }\n",
                  "      - { name: php-fpm, image: \"r.example/php:v1\" }\n"));
    Lines lines;
    for (const auto& finding : app::check(context(), project()))
      if (finding.severity == Finding::Severity::warning && finding.message.starts_with("nginx"))
        lines.push_back(cat(finding.message, "; ", finding.hint, "; ", finding.help, " at ",
                            std::filesystem::path(finding.where.file).filename().string(), ":", finding.where.line, ":",
                            finding.where.column));
    return lines;
  }
};

const std::string message =
    "nginx will not find the host `php-fpm`: it is a container of the task `shop`, whose network mode is awsvpc; ";
const std::string help = "; containers of one awsvpc task reach each other on 127.0.0.1 at shop.conf:";

Lines at(const std::string& address, const std::string& position) {
  return {cat(message, "write `", address, "`", help, position)};
}

}  // namespace

TEST_CASE("check reports another container of the task that a configuration of nginx names as a host") {
  const auto [config, address, position] = GENERATE(table<std::string, std::string, std::string>({
      {"server {\n  location ~ \\.php$ {\n    fastcgi_pass php-fpm:9000;\n  }\n}\n", "127.0.0.1:9000", "3:18"},
      {"location / { proxy_pass http://php-fpm:8080/shop; }", "http://127.0.0.1:8080/shop", "1:25"},
      {"location / { proxy_pass\n\t\"http://PHP-FPM\"; }", "http://127.0.0.1", "2:3"},
      {"upstream app {\n  # the application\n  server php-fpm:9000 weight=2;\n}", "127.0.0.1:9000", "3:10"},
      {"set $app php-fpm:9000; fastcgi_pass $app;", "127.0.0.1:9000", "1:10"},
      {"map $x $y { ~^${z}b 1; } grpc_pass grpc://php-fpm:50051;", "grpc://127.0.0.1:50051", "1:36"},
  }));
  CAPTURE(config);
  CHECK(Shop(config).warnings() == at(address, position));
}

TEST_CASE("a configuration that reaches no other container by its name is not reported") {
  const auto config = GENERATE(
      "fastcgi_pass 127.0.0.1:9000;", "server { server_name php-fpm; }", "# fastcgi_pass php-fpm:9000;",
      "proxy_pass http://php-fpm.example.com;", "fastcgi_pass unix:/run/php-fpm.sock;", "proxy_pass http://web:80;",
      "upstream php-fpm { server 127.0.0.1:9000; } server { location / { fastcgi_pass php-fpm; } }",
      "set $name php-fpm;", "proxy_pass http://$php-fpm;", "location / { proxy_pass \"http://php-fpm",
      "} } ; { fastcgi_pass");
  CAPTURE(config);
  CHECK(Shop(config).warnings() == Lines{});
}

TEST_CASE("only configurations of nginx in tasks with the network mode awsvpc are read") {
  Shop shop("fastcgi_pass php-fpm:9000;");
  const auto found = at("127.0.0.1:9000", "1:14");
  CHECK(shop.warnings() == found);
  shop.task = "requiresCompatibilities: [FARGATE]";
  CHECK(shop.warnings() == found);
  shop.task = "networkMode: bridge";
  CHECK(shop.warnings() == Lines{});
  shop.task = "networkMode: awsvpc";
  shop.steps = "copy: [ { from: shop.conf, to: /etc/nginx/templates/default.conf.template, owner: www-data } ]";
  CHECK(shop.warnings() == found);
  shop.steps = "copy: [ { from: shop.conf, to: /etc/nginx.conf/shop.txt } ]";
  CHECK(shop.warnings() == Lines{});
}

TEST_CASE("a configuration in the spec is reported at its step, and one that a later layer replaces is not") {
  Shop shop("");
  shop.steps = "files: [ { path: /etc/nginx/nginx.conf, text: \"events {}\\nstream { proxy_pass php-fpm:9000; }\" } ]";
  CHECK(shop.warnings() == Lines{cat(message,
                                     "; write `127.0.0.1:9000` in line 2 of `/etc/nginx/nginx.conf`: containers "
                                     "of one awsvpc task reach each other on 127.0.0.1 at lapstrake.yaml:2:45")});
  shop.steps += " }, { name: better, files: [ { path: /etc/nginx/nginx.conf, text: \"events {}\" } ]";
  CHECK(shop.warnings() == Lines{});
}
