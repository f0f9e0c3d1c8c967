#include <lapstrake/app/connect/network.hpp>
#include <lapstrake/app/supply/bill.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/registry/referrers.hpp>
#include <nlohmann/json.hpp>

#include "journey.hpp"

using namespace lapstrake;
using app::BillFormat;
using nlohmann::json;

namespace {

// An image on a base of Debian, which is in a folder beside the spec.
struct World : Journey {
  World() {
    write_base("3.0.11-1");
    write_spec("");
  }

  void write_base(const std::string& version) {
    dir.write("base.yaml", cat(R"(images:
  base:
    platforms: [linux/amd64, linux/arm64]
    layers:
      - name: root
        files:
          - { path: /etc/os-release, text: "ID=debian\nVERSION_ID=12\n" }
          - { path: /var/lib/dpkg/status, text: "Package: openssl\nStatus: install ok installed\nArchitecture: amd64\nVersion: )",
                               version, R"(\n" }
)"));
    spec::ReadOptions options;
    options.file = dir / "base.yaml";
    options.environment_variables = [](std::string_view) { return std::nullopt; };
    const auto base = *spec::read(options).project;
    std::filesystem::remove_all(dir / "base");
    app::build(context(), base, {},
               {{.where = oci::parse_disk_reference(cat("oci:", (dir / "base").string(), ":v1"))}});
  }

  void write_spec(const std::string& more) {
    dir.write("lapstrake.yaml", cat("images:\n  web:\n    repository: ", box->registry_host(), R"(/web
    tags: [v1]
    base: oci:base:v1
    sbom: true
    layers: [ { name: site, copy: [ { from: public/, to: /www/ } ] } ]
)",
                                    more));
  }

  std::string text(const std::string& name, std::optional<BillFormat> format = std::nullopt,
                   const std::string& platform = {}) {
    const auto spec = project();
    auto in = context();
    if (!platform.empty()) in.images.platforms = {oci::Platform::parse(platform)};
    return app::bill_text(in, &spec, name, format);
  }

  std::vector<oci::Descriptor> referrers(const oci::Digest& of) {
    const auto repository = app::Network(context(), {}).repository(box->registry_host(), "web");
    return registry::list_referrers(*repository, of);
  }
};

const std::string openssl = "pkg:deb/debian/openssl@3.0.11-1?arch=amd64&distro=debian-12";

}  // namespace

TEST_CASE("the bill of a built image names the image, its base and the packages of the base") {
  World world;
  const auto built = app::build(world.context(), world.project(), {}, {}).at(0);
  const auto spdx = json::parse(world.text("web"));
  CHECK(spdx.at("packages").at(0).at("versionInfo") == built.root.digest.text());
  CHECK_THAT(spdx.dump(), Contains(openssl));
  CHECK_THAT(spdx.dump(), Contains("in the base oci:base:v1"));
  CHECK_THAT(world.text("web", BillFormat::cyclonedx), Contains(openssl) && Contains("\"operating-system\""));
}

TEST_CASE("an image that is not built has no bill, and the error names the command to run") {
  World world;
  const auto error = failure_of([&] { world.text("web"); });
  CHECK(error.kind() == ErrorKind::input);
  CHECK_THAT(error.help(), Contains("lapstrake build web"));
}

TEST_CASE("an image in the store that was built on another base is not described") {
  World world;
  app::build(world.context(), world.project(), {}, {});
  world.write_base("3.0.12-1");
  const auto error = failure_of([&] { world.text("web"); });
  CHECK(error.kind() == ErrorKind::input);
  CHECK_THAT(report(error), Contains("base") && Contains("lapstrake build web"));
}

TEST_CASE("a push attaches both formats, and a second push uploads nothing") {
  World world;
  const auto first = world.push();
  const auto attached = world.referrers(first.references.front().digest);
  REQUIRE(attached.size() == 2);
  CHECK(attached.size() == first.attachments.size());
  const auto uploads = world.count("PUT", "/blobs/uploads/"), manifests = world.count("PUT", "/manifests/");
  const auto second = world.push();
  CHECK(world.count("PUT", "/blobs/uploads/") == uploads);
  CHECK(world.count("PUT", "/manifests/") == manifests);
  CHECK(world.referrers(second.references.front().digest).size() == 2);
}

TEST_CASE("the attached bill is the one of the image in the store, byte for byte") {
  World world;
  world.push();
  const auto reference = cat(world.box->registry_host(), "/web:v1");
  CHECK(world.text(reference) == world.text("web"));
  CHECK(world.text(reference, BillFormat::cyclonedx) == world.text("web", BillFormat::cyclonedx));
}

TEST_CASE("an index and each of its manifests have bills") {
  World world;
  world.write_spec("    platforms: [linux/amd64, linux/arm64]\n");
  const auto pushed = world.push();
  CHECK(pushed.attachments.size() == 6);
  CHECK(world.referrers(pushed.references.front().digest).size() == 2);
  const auto reference = cat(world.box->registry_host(), "/web:v1");
  const auto whole = json::parse(world.text(reference)), arm = json::parse(world.text(reference, {}, "linux/arm64"));
  CHECK(whole.at("packages").size() == arm.at("packages").size() + 3);  // the index, the other manifest and its base
  CHECK(arm == json::parse(world.text("web", {}, "linux/arm64")));
}

TEST_CASE("a registry without the referrers API has the bills at the fallback tag") {
  World world;
  world.box->set_faults(R"({"rules":[{"match":{"path":"/v2/*/referrers/*"},"from":1,"do":{"status":404}}]})");
  world.push();
  CHECK(world.text(cat(world.box->registry_host(), "/web:v1")) == world.text("web"));
}

TEST_CASE("an image in a registry without an attached bill is an error") {
  World world;
  auto spec = world.project();
  spec.images.front().has_sbom = false;
  app::push(world.context(), spec, {}, {});
  const auto error = failure_of([&] { world.text(cat(world.box->registry_host(), "/web:v1")); });
  CHECK(error.kind() == ErrorKind::input);
  CHECK_THAT(error.summary(), Contains("no attached SBOM"));
  CHECK(failure_of([&] { world.text(cat("oci:", (world.dir / "base").string(), ":v1")); }).kind() == ErrorKind::usage);
}

TEST_CASE("an image given by --image gets no bill, and a warning says so") {
  World world;
  app::build(world.context(), world.project(), {},
             {{.where = oci::parse_disk_reference("oci:" + (world.dir / "out").string() + ":v1")}});
  auto context = world.context();
  context.images.prebuilt["web"] = oci::parse_reference("oci:" + (world.dir / "out").string() + ":v1");
  CHECK(app::push(context, world.project(), {}, {}).at(0).attachments.empty());
  CHECK_THAT(world.messages, Contains("no SBOM is attached"));
}

TEST_CASE("SOURCE_DATE_EPOCH is the date of the document") {
  World world;
  auto context = world.context();
  context.build.epoch = 86400;
  const auto spec = world.project();
  app::build(context, spec, {}, {});
  CHECK(json::parse(app::bill_text(context, &spec, "web", {})).at("creationInfo").at("created") ==
        "1970-01-02T00:00:00Z");
}
