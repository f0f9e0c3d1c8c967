#include <lapstrake/app/check/check.hpp>
#include <lapstrake/base/text.hpp>

#include "journey.hpp"

using namespace lapstrake;

namespace {

std::string findings(Journey& journey, const std::string& image) {
  journey.dir.write("lapstrake.yaml", cat("images:\n  web: ", image, "\n"));
  std::string out;
  for (const auto& finding : app::check(journey.context(), journey.project()))
    out += cat(finding.message, " at ", finding.where.line, "\n");
  return out;
}

}  // namespace

TEST_CASE("check finds that a .deb file of the project is missing") {
  Journey journey;
  const std::string image = "{ deb: { install: [./dist/tool_1.0_amd64.deb, git] } }";
  CHECK(findings(journey, image) == "cannot read `./dist/tool_1.0_amd64.deb`: No such file or directory at 2\n");
  journey.dir.write("dist/tool_1.0_amd64.deb", "!<arch>\n");
  CHECK(findings(journey, image).empty());
}

TEST_CASE("check finds the .deb file of a platform that the project lacks") {
  Journey journey;
  journey.dir.write("tool_amd64.deb", "!<arch>\n");
  const auto found = findings(
      journey, "{ platforms: [linux/amd64, linux/arm64], deb: { install: [\"./tool_${platform.arch}.deb\"] } }");
  CHECK(found == "cannot read `./tool_arm64.deb`: No such file or directory at 2\n");
}

TEST_CASE("owners that Debian packages may create are not judged by check, others are") {
  Journey journey;
  const std::string layer = "layers: [ { name: app, files: [ { path: /a, text: a, owner: www-data } ] } ]";
  CHECK(findings(journey, cat("{ ", layer, " }")).find("the image has no user `www-data`") == 0);
  CHECK(findings(journey, cat("{ deb: { install: [nginx] }, ", layer, " }")).empty());
}

TEST_CASE("a removal of files of Debian packages is not judged by check") {
  Journey journey;
  const std::string layer = "layers: [ { name: app, remove: [/etc/nginx/sites-enabled/default] } ]";
  CHECK_FALSE(findings(journey, cat("{ ", layer, " }")).empty());
  CHECK(findings(journey, cat("{ deb: { install: [nginx] }, ", layer, " }")).empty());
}
