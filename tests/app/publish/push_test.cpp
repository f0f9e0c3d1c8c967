#include <lapstrake/app/check/check.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/registry/push.hpp>
#include <set>

#include <lapstrake/app/connect/network.hpp>
#include "journey.hpp"

using namespace lapstrake;

TEST_CASE("a second push sends no blob, and the digest is the one that was built") {
  Journey journey;
  const auto first = journey.push();
  CHECK(first.blobs_sent == 3);
  const auto uploads = journey.count("PUT", "/blobs/uploads/");
  CHECK(uploads == 3);
  const auto second = journey.push();
  CHECK(second.blobs_sent == 0);
  CHECK(second.references.front().text() == first.references.front().text());
  CHECK(journey.count("PUT", "/blobs/uploads/") == uploads);
}

TEST_CASE("a fault on the way is retried in a new session, and the image is whole") {
  const char* fault =
      GENERATE(R"({"match":{"method":"PUT","path":"/v2/*/blobs/uploads/*"},"nth":1,"do":{"status":503}})",
               R"({"match":{"method":"POST"},"nth":2,"do":{"status":500}})",
               R"({"match":{"method":"HEAD"},"nth":1,"do":{"reset":"before"}})",
               R"({"match":{"method":"PUT","path":"/v2/*/blobs/uploads/*"},"nth":1,"do":{"reset":"body"}})",
               R"({"match":{"method":"PUT","path":"/v2/*/manifests/*"},"nth":1,"do":{"reset":"after"}})",
               R"({"match":{"method":"PUT"},"nth":2,"do":{"status":429,"headers":{"Retry-After":"1"}}})");
  CAPTURE(fault);
  Journey journey;
  journey.box->set_faults(cat(R"({"rules":[)", fault, "]}"));
  const auto pushed = journey.push();
  journey.box->set_faults("");
  CHECK(journey.troubles() > 0);
  const auto again = journey.push();
  CHECK(again.blobs_sent == 0);
  CHECK(again.references.front().digest == pushed.references.front().digest);
  std::set<std::string> sessions;
  std::size_t puts = 0;
  for (const auto& record : journey.box->records())
    if (record.method == "PUT" && record.target.find("/blobs/uploads/") != std::string::npos)
      ++puts, sessions.insert(record.target.substr(0, record.target.find('?')));
  CHECK(sessions.size() == puts);  // no session was used twice
}

TEST_CASE("a connection that is reset at any point of any write leaves one image under one tag (S24)") {
  Journey journey;
  const auto context = journey.context();
  const auto remote = app::Network(context, {}).repository(journey.box->registry_host(), "web");
  const std::string writes[] = {R"("method":"POST","path":"/v2/*/blobs/uploads/*")",
                                R"("method":"PUT","path":"/v2/*/blobs/uploads/*")",
                                R"("method":"PUT","path":"/v2/*/manifests/*")"};
  const std::string points[] = {R"("reset":"before")",
                                R"("hang_up":true)",
                                R"("reset":"headers")",
                                R"("reset":"after")",
                                R"("reset":"body","at_percent":1)",
                                R"("reset":"body","at_percent":50)",
                                R"("reset":"body","at_percent":99)",
                                R"("reset":"body","at_percent":100)"};
  unsigned cases = 0;
  for (const auto& write : writes)
    for (const auto& point : points) {
      if (write.find("POST") != write.npos && point.find("body") != point.npos) continue;  // it has none
      CAPTURE(write, point);
      const auto tag = cat("t", ++cases);
      const auto content = cat(std::string(300'000, 'x'), tag);
      const auto layer = oci::descriptor_of(content, oci::media_type::layer_gzip);
      const auto config = oci::descriptor_of("{}", oci::media_type::config);
      const auto text =
          cat(R"({"schemaVersion":2,"mediaType":")", oci::media_type::manifest, R"(","config":{"mediaType":")",
              config.media_type, R"(","digest":")", config.digest.text(), R"(","size":2},"layers":[{"mediaType":")",
              layer.media_type, R"(","digest":")", layer.digest.text(), R"(","size":)", layer.size, "}]}");
      const auto manifest = oci::descriptor_of(text, oci::media_type::manifest);
      journey.dir.write(layer.digest.hex(), content);
      journey.dir.write(config.digest.hex(), "{}");
      const auto push = [&] {
        registry::push(*remote, {{manifest, text, {layer, config}}},
                       [&](const oci::Digest& digest) { return journey.dir / digest.hex(); },
                       {.jobs = 1, .tags = {tag}});
      };
      journey.box->set_faults(cat(R"({"rules":[{"match":{)", write, R"(},"nth":1,"do":{)", point, "}}]}"));
      push();
      journey.box->set_faults("");
      CHECK(remote->find_manifest(tag) == manifest);
      std::string got;
      remote->get_blob(layer, [&](Bytes bytes) { got += as_text(bytes); });
      CHECK(got == content);
    }
  CHECK(journey.troubles() == cases);
}

TEST_CASE("a registry that stays broken is an error of the network, after the policy's attempts") {
  Journey journey;
  journey.box->set_faults(R"({"rules":[{"match":{"method":"POST","path":"/v2/*"},"from":1,"do":{"status":503}}]})");
  const auto error = failure_of([&] { journey.push(); });
  CHECK(error.kind() == ErrorKind::network);
}

TEST_CASE("a missing repository is built with its cure, and made when asked") {
  Journey journey(false);
  const auto error = failure_of([&] { journey.push(); });
  INFO(report(error));
  CHECK(error.kind() == ErrorKind::network);
  CHECK_THAT(error.help(), Contains("--create-repository"));
  CHECK(journey.push({.create_repository = true}).blobs_sent == 3);
}

TEST_CASE("an immutable tag that has this digest is success, with another digest an error that names both") {
  Journey journey(true, true);
  const auto first = journey.push();
  CHECK(journey.push().references.front().text() == first.references.front().text());
  journey.dir.write("public/index.html", "changed\n");
  const auto error = failure_of([&] { journey.push(); });
  INFO(report(error));
  CHECK_THAT(report(error), Contains(first.references.front().digest.text()));
}

TEST_CASE("a wrong secret is an error of access, and no secret is built anywhere") {
  Journey journey;
  journey.variables["AWS_SECRET_ACCESS_KEY"] = "SentinelSecretSentinelSecretSentinelSecr";
  const auto error = failure_of([&] { journey.push(); });
  CHECK(error.kind() == ErrorKind::access);
  CHECK((report(error) + journey.messages).find("Sentinel") == std::string::npos);
}

TEST_CASE("an image built elsewhere is pushed in place of the one named") {
  Journey journey;
  const auto built =
      app::build(journey.context(), journey.project(), {},
                 {{.where = oci::parse_disk_reference("oci:" + (journey.dir / "out").string() + ":v1")}});
  journey.dir.write("public/index.html", "not this one\n");
  auto context = journey.context();
  context.images.prebuilt["web"] = oci::parse_reference("oci:" + (journey.dir / "out").string() + ":v1");
  const auto pushed = app::push(context, journey.project(), {}, {}).at(0);
  CHECK(pushed.references.front().digest == built.at(0).root.digest);
}

TEST_CASE("a slip in the AWS keys is built, not passed over for docker's login") {
  Journey journey;
  journey.variables.erase("AWS_SECRET_ACCESS_KEY");
  CHECK(failure_of([&] { journey.push(); }).kind() == ErrorKind::access);
}

TEST_CASE("the registries of the host are used, under those of the project") {
  Journey journey;
  journey.dir.write("registries.yaml", "registries: { elsewhere.example: { insecur: true } }\n");
  journey.variables["LAPSTRAKE_REGISTRIES"] = (journey.dir / "registries.yaml").string();
  const auto error = failure_of([&] { journey.push(); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK_THAT(error.reason(), Contains("did you mean `insecure`"));
  journey.dir.write("registries.yaml", "registries: { elsewhere.example: { insecure: true } }\n");
  CHECK(journey.push().blobs_sent == 3);
}

TEST_CASE("what was built is built although a later image fails") {
  Journey journey;
  std::vector<std::string> built;
  const auto build = [&] {
    app::build(journey.context(), journey.project(), {}, {}, [&](const auto& image) { built.push_back(image.name); });
  };
  journey.dir.write("lapstrake.yaml",
                    cat(journey.spec().substr(0, journey.spec().find("tasks:")),
                        "  broken: { layers: [ { name: x, copy: [ { from: nowhere, to: /x } ] } ] }\n"));
  CHECK(failure_of(build).kind() == ErrorKind::input);
  CHECK(built == std::vector<std::string>{"web"});
}

TEST_CASE("a repository in an account that is not the caller's is not made elsewhere") {
  Journey journey(false);
  journey.dir.write("lapstrake.yaml", replace_all(journey.spec(), "123456789012.dkr", "999999999999.dkr"));
  const auto error = failure_of([&] { journey.push({.create_repository = true}); });
  INFO(report(error));
  CHECK(error.kind() == ErrorKind::access);
  CHECK_THAT(error.summary(), Contains("123456789012") && Contains("999999999999"));
}

TEST_CASE("an attachment that must be there is looked for before anything is built or sent") {
  Journey journey;
  const bool is_required = GENERATE(true, false);
  journey.dir.write("lapstrake.yaml",
                    replace_all(journey.spec(), "    tags: [v1]\n",
                                cat("    tags: [v1]\n    attachments: [ { from: sbom.json, type: a/b, ",
                                    "required: ", is_required ? "true" : "false", " } ]\n")));
  const auto found = app::check(journey.context(), journey.project());
  REQUIRE(found.size() == 1);
  CHECK((found[0].severity == Finding::Severity::error) == is_required);
  CHECK_THAT(found[0].message, Contains("cannot read `sbom.json`"));
  if (is_required) {
    CHECK(failure_of([&] { journey.push(); }).kind() == ErrorKind::input);
    CHECK(journey.box->records().empty());
    return;
  }
  CHECK(journey.push().attachments.empty());
  journey.dir.write("sbom.json", "{}");
  CHECK(journey.push().attachments.size() == 1);
  CHECK(app::check(journey.context(), journey.project()).empty());
}
