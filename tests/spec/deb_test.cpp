// `deb:` of layers and images, and sources of type deb.
#include "reading.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::spec;
using Names = std::vector<std::string>;
using Base = oci::Deb::Base;

namespace {

Project debian_spec() {
  ReadOptions options;
  options.file = std::filesystem::path(LAPSTRAKE_SOURCE_DIR) / "testdata/spec/good/packages.yaml";
  return read(options).project.value();
}

std::string messages(const std::string& image) {
  std::string out;
  for (const auto& finding : read_text("images: { web: " + image + " }\n").findings)
    out += finding.message + " / " + finding.hint + "\n";
  return out;
}

Names names_of(const std::vector<oci::LayerRecipe>& layers) {
  Names out;
  for (const auto& layer : layers) out.push_back(layer.name);
  return out;
}

}  // namespace

TEST_CASE("all keys of a source of Debian packages become values") {
  const auto sources = debian_spec().sources;
  const auto& debian = sources.at("debian");
  CHECK(debian.type == PackageSource::Type::deb);
  CHECK(debian.uri == "https://debian.corp.example/debian");
  CHECK(debian.suites == Names{"bookworm", "bookworm-updates"});
  CHECK(debian.components == Names{"main", "contrib"});
  CHECK(debian.keyring.string().ends_with("testdata/spec/good/keys/archive.gpg"));
  CHECK(debian.check_valid_until);
  const auto& old = sources.at("old");
  CHECK(old.uri == "file:///srv/snapshots/20260101");
  CHECK(old.components == Names{"main"});
  CHECK(old.keyring.empty());
  CHECK_FALSE(old.check_valid_until);
}

TEST_CASE("all keys of `deb` arrive in its step") {
  const auto layers = debian_spec().images.at(2).layers;
  const auto& one = layers.at(0).deb.value();
  CHECK(one.suite == "bookworm");
  CHECK(one.install == Names{"libgl1", "nginx (>= 1.22)", "nginx=1.22.1-9", "./dist/tool_1.0_amd64.deb",
                             "./dist/other_${platform.arch}.deb"});
  CHECK(one.base == Base::essential);
  CHECK(one.recommends);
  CHECK(one.prefer == Names{"mawk"});
  CHECK(one.exclude == Names{"perl-modules-5.36"});
  CHECK(one.docs);
  CHECK(one.accepted == Names{"iproute2", "g++"});
  CHECK(one.sources == Names{"debian", "old"});
  const auto& set = layers.at(1).deb.value();
  CHECK(set.base == Base::minimal);
  CHECK(set.install.empty());
  CHECK_FALSE(set.docs);
  CHECK(set.sources == Names{"host"});
}

TEST_CASE("`deb` of an image becomes a layer for the base set and one for each group, below the other layers") {
  const auto layers = debian_spec().images.at(3).layers;
  REQUIRE(names_of(layers) == Names{"os-base", "os-packages", "os-packages-2", "files"});
  CHECK(layers[0].deb->base == Base::essential);
  CHECK(layers[0].deb->install.empty());
  CHECK(layers[0].deb->suite == "bookworm");
  CHECK(layers[0].deb->sources == Names{"debian"});
  CHECK_FALSE(layers[0].deb->recommends);
  CHECK(layers[1].deb->base == Base::image);
  CHECK(layers[1].deb->install == Names{"php8.2-fpm"});
  CHECK(layers[1].deb->recommends);
  CHECK(layers[2].deb->base == Base::image);
  CHECK(layers[2].deb->install == Names{"git"});
}

TEST_CASE("`deb` of an image with a base image has no layer for the base set") {
  const auto layers = debian_spec().images.at(4).layers;
  REQUIRE(names_of(layers) == Names{"os-packages"});
  CHECK(layers[0].deb->base == Base::automatic);  // the base may have no Debian packages
}

TEST_CASE("the layers of `deb` do not move the steps of other layers") {
  const auto result = read_text(
      "images:\n  a: { layers: [ { name: x, files: [ { path: /x, text: x } ] } ] }\n"
      "  b: { deb: { install: [git] }, layers: [ { name: y, from: [ { image: \"r.example/i:v1\", path: /x, to: /y } ] "
      "} ] }\n");
  REQUIRE(result.project);
  const auto& layers = result.project->images.at(1).layers;
  REQUIRE(names_of(layers) == Names{"os-base", "os-packages", "y"});
  CHECK(layers[0].deb->base == Base::minimal);
  CHECK(oci::text(layers[2].from_images.at(0).reference.value()) == "r.example/i:v1");
}

TEST_CASE("names of other tools for `deb` and `install` are understood") {
  const auto key = GENERATE("apt", "packages", "apt_packages", "apt-get");
  CHECK(messages(std::string("{ layers: [ { name: a, ") + key + ": { install: [git] } } ] }") ==
        std::string("unknown key `") + key + "` / did you mean `deb`?\n");
  CHECK(messages("{ deb: { packages: [git] } }") == "unknown key `packages` / did you mean `install`?\n");
}

TEST_CASE("what a Dockerfile has around the names of packages is an error with a cure") {
  const auto [item, message] = GENERATE(table<std::string, std::string>({
      {"-y", "`-y` is an option of apt-get / remove it"},
      {"nginx curl", "`nginx curl` contains several words / write one item for each package: `[nginx, curl]`"},
      {"\\", "`\\` is a part of a command / list only packages"},
      {"nginx=$VERSION", "`nginx=$VERSION` contains a variable of a shell / write the version itself"},
      {"../tool.deb", "`../tool.deb` is outside the spec's folder / move it into this folder, or use --allow-outside"},
  }));
  CHECK(messages("{ deb: { install: [ '" + item + "' ] } }") == "an item of `install`: " + message + "\n");
}

TEST_CASE("a text instead of a list of packages is split into names") {
  CHECK(messages("{ deb: { install: nginx curl } }") ==
        "`install` must be a list, not text / write a list: `[\"nginx\", \"curl\"]`\n");
}

TEST_CASE("packages are required unless `base` brings some") {
  const auto [deb, message] = GENERATE(table<std::string, std::string>({
      {"{ suite: bookworm }", "this deb is missing `install`"},
      {"{ base: image }", "this deb is missing `install`"},
      {"{ install: [] }", "`install` is empty"},
      {"{ base: minimal }", ""},
      {"{ base: essential, install: [] }", ""},
  }));
  INFO(deb);
  CHECK(messages("{ layers: [ { name: a, deb: " + deb + " } ] }") ==
        (message.empty()
             ? ""
             : message + " / name packages, for example `install: [nginx]`, or a set with `base: minimal`\n"));
}

TEST_CASE("a spec says whether another environment has other Debian packages") {
  const auto [patch, differs] = GENERATE(table<std::string, bool>({
      {"{ env: { SIZE: small } }", false},
      {"{ deb: { docs: keep } }", false},
      {"{ deb: { install: [git, curl] } }", true},
      {"{ deb: { suite: trixie } }", true},
      {"{ deb: { exclude: [perl] } }", true},
  }));
  INFO(patch);
  const auto result = read_text(
      "images: { web: { deb: { install: [git] } } }\nenvironments: { other: { images: { web: " + patch + " } } }\n");
  REQUIRE(result.project);
  CHECK(result.project->has_other_packages == differs);
}
