// The steps of a layer whose files are not in the project.
#include "reading.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::spec;

namespace {

Project packages() {
  ReadOptions options;
  options.file = std::filesystem::path(LAPSTRAKE_SOURCE_DIR) / "testdata/spec/good/packages.yaml";
  return read(options).project.value();
}

}  // namespace

TEST_CASE("sources become values") {
  const auto sources = packages().sources;
  REQUIRE(sources.size() == 4);
  CHECK(sources.at("internal").type == PackageSource::Type::pip);
  CHECK(sources.at("internal").uri == "https://mirror.example/pypi/simple");
  CHECK(sources.at("node").type == PackageSource::Type::npm);
  CHECK(sources.at("node").where.line == 4);
}

TEST_CASE("all keys of `pip` arrive in its step, which may be one or a list") {
  const auto layers = packages().images.at(1).layers;
  REQUIRE(layers.at(0).pips.size() == 1);
  const auto& one = layers[0].pips[0];
  CHECK(one.lock == "requirements.txt");
  CHECK(one.into == "/opt/venv");
  CHECK(one.python == "3.10");
  CHECK(one.libc == "glibc-2.36");
  CHECK(one.extras == std::vector<std::string>{"pg"});
  CHECK(one.groups == std::vector<std::string>{});
  CHECK(one.source == "internal");
  CHECK(one.owner.user == "33");
  REQUIRE(layers.at(1).pips.size() == 3);
  CHECK(layers[1].pips[0].into == "system");
  CHECK_FALSE(layers[1].pips[0].groups);
  CHECK(layers[1].pips[1].source == "host");
  CHECK(layers[1].pips[1].into == "/opt/venv");
}

TEST_CASE("all keys of `npm` arrive in its step") {
  const auto layers = packages().images.at(1).layers;
  REQUIRE(layers.at(0).npms.size() == 2);
  const auto& one = layers[0].npms[0];
  CHECK(one.lock == "web/package-lock.json");
  CHECK(one.into == "/app/node_modules");
  CHECK(one.omit == std::vector<std::string>{"dev", "peer"});
  CHECK(one.accepted_scripts == std::vector<std::string>{"core-js", "@scope/name"});
  CHECK(one.libc == "musl");
  CHECK(one.source == "node");
  CHECK(layers[0].npms[1].omit == std::vector<std::string>{});
}

TEST_CASE("all keys of `fetch` arrive in its step") {
  const auto fetches = packages().images.at(1).layers.at(1).fetches;
  REQUIRE(fetches.size() == 3);
  CHECK(fetches[0].url == "https://example.com/tini-${platform.arch}");
  CHECK_FALSE(fetches[0].sha256);
  CHECK(fetches[0].sha256_of.at("linux/arm64").starts_with("abcdef00"));
  CHECK(fetches[0].mode == 0755);
  CHECK_FALSE(fetches[0].owner);
  CHECK(fetches[1].unpack);
  CHECK(fetches[1].strip_components == 1);
  CHECK(fetches[1].include == std::vector<std::string>{"bin/**"});
  CHECK(fetches[2].sha256 == std::string(64, '1'));
  CHECK(fetches[2].to == "/etc/");
}

TEST_CASE("`from` names an image of the spec, of a registry or on disk") {
  const auto project = packages();
  const auto& steps = project.images.at(1).layers.at(1).from_images;
  REQUIRE(steps.size() == 3);
  CHECK(oci::text(steps[0].reference.value()) == "docker.io/library/composer:2");
  CHECK(steps[0].to == "/usr/bin/");
  CHECK_FALSE(steps[0].owner);
  CHECK_FALSE(steps[1].reference);
  CHECK(steps[1].image == "assets");
  CHECK(steps[1].mode == 0444);
  CHECK(steps[1].owner->user == "www-data");
  const auto disk = std::get<oci::DiskReference>(steps[2].reference.value());
  CHECK(disk.path.string().ends_with("testdata/spec/good/images/tools"));
  CHECK(references_of(project.images[1]).size() == 3);
  CHECK(project.bases.size() == 5);
}

TEST_CASE("all keys of `edit` arrive in its step") {
  const auto edits = packages().images.at(1).layers.at(1).edits;
  REQUIRE(edits.size() == 3);
  CHECK(edits[0].replace == "memory_limit = 128M");
  CHECK(edits[0].with == "memory_limit = 256M");
  CHECK(edits[0].times == 2);
  CHECK(edits[1].with.empty());
  CHECK(edits[1].times == 1);
  CHECK_FALSE(edits[2].replace);
  CHECK(edits[2].append == "ALL: ALL\n");
}

TEST_CASE("a variable of the platform is an error in `from` of an attachment, where nothing expands it") {
  const auto result = read_text(
      "images: { web: { repository: r.example/web, layers: [ { name: a, remove: [/x] } ], "
      "attachments: [ { from: \"${platform.arch}\", type: a/b } ] } }");
  REQUIRE(result.findings.size() == 1);
  CHECK(result.findings[0].message.starts_with("`${platform.arch}` can only be used in `from` of a copy"));
}

TEST_CASE("the message about credentials in a URL does not quote them") {
  const auto result = read_text("sources: { a: { type: pip, uri: \"https://secret-token@pypi.example/\" } }");
  REQUIRE(result.findings.size() == 1);
  CHECK(result.findings[0].message == "`uri` contains credentials");
}

TEST_CASE("a spec says whether another environment has other packages") {
  const auto [patch, differs] = GENERATE(table<std::string, bool>({
      {"{ env: { SIZE: small } }", false},
      {"{ platforms: [linux/arm64] }", true},
      {"{ base: r.example/other:v1 }", true},
      {"{ layers: [ { name: a, pip: { lock: uv.lock } } ] }", true},
      {"{ layers: [ { name: a, pip: { lock: requirements.txt, into: /srv/venv } } ] }", false},
  }));
  const auto result = read_text(
      "images: { web: { base: r.example/base:v1, layers: [ { name: a, pip: { lock: requirements.txt } } ] } }\n"
      "environments: { other: { images: { web: " +
      patch + " } } }\n");
  REQUIRE(result.project);
  CHECK(result.project->has_other_packages == differs);
}
