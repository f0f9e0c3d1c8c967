#include <lapstrake/base/error.hpp>
#include <lapstrake/oci/reference.hpp>
#include <string>

#include "support/catch.hpp"

using namespace lapstrake;
using oci::DiskReference;

namespace {
const std::string digest = oci::Digest::of("").text();
}

TEST_CASE("references to registries are read as docker reads them") {
  struct Case {
    std::string text, host, repository, tag, digest;
  };
  const auto one =
      GENERATE(values<Case>({{"nginx", "docker.io", "library/nginx", "", ""},
                             {"nginx:1.25", "docker.io", "library/nginx", "1.25", ""},
                             {"team/web", "docker.io", "team/web", "", ""},
                             {"docker.io/nginx", "docker.io", "library/nginx", "", ""},
                             {"index.docker.io/nginx", "docker.io", "library/nginx", "", ""},
                             {"localhost/web", "localhost", "web", "", ""},
                             {"localhost:5000/web:v1", "localhost:5000", "web", "v1", ""},
                             {"host:5000/a/b", "host:5000", "a/b", "", ""},
                             {"Registry.Example/a", "registry.example", "a", "", ""},
                             {"[::1]:5000/web", "[::1]:5000", "web", "", ""},
                             {"127.0.0.1:5000/a__b/c---d.e_f", "127.0.0.1:5000", "a__b/c---d.e_f", "", ""},
                             {"r.example/web@" + digest, "r.example", "web", "", digest},
                             {"r.example/web:v1@" + digest, "r.example", "web", "v1", digest},
                             {"123456789012.dkr.ecr.eu-west-1.amazonaws.com/my-php-app:v1.0.0",
                              "123456789012.dkr.ecr.eu-west-1.amazonaws.com", "my-php-app", "v1.0.0", ""}}));
  CAPTURE(one.text);
  const auto reference = oci::parse_registry_reference(one.text);
  CHECK(reference.host == one.host);
  CHECK(reference.repository == one.repository);
  CHECK(reference.tag == one.tag);
  CHECK((reference.digest ? reference.digest->text() : "") == one.digest);
  CHECK(oci::parse_registry_reference(reference.text()) == reference);
}

TEST_CASE("references to disk are read as skopeo reads them") {
  struct Case {
    std::string text;
    DiskReference::Form form;
    std::string path, tag;
  };
  const auto one = GENERATE(values<Case>(
      {{"oci:out", DiskReference::Form::layout, "out", ""},
       {"oci:out:v1", DiskReference::Form::layout, "out", "v1"},
       {"oci:/a b/out:r.example:5000/web:v1", DiskReference::Form::layout, "/a b/out", "r.example:5000/web:v1"},
       {"oci-archive:a.tar", DiskReference::Form::oci_archive, "a.tar", ""},
       {"docker-archive:a.tar:web:v1", DiskReference::Form::docker_archive, "a.tar", "web:v1"},
       {"docker-archive:../a.tar", DiskReference::Form::docker_archive, "../a.tar", ""}}));
  CAPTURE(one.text);
  const auto reference = std::get<DiskReference>(oci::parse_reference(one.text));
  CHECK(reference.form == one.form);
  CHECK(reference.path == one.path);
  CHECK(reference.tag == one.tag);
  CHECK(oci::text(reference) == one.text);
}

TEST_CASE("a reference that is none says which rule it breaks") {
  const auto [text, why] = GENERATE(table<std::string, std::string>(
      {{"", "it is empty"},
       {"a b", "white space"},
       {"https://r.example/web", "remove the leading `https://`"},
       {"docker://nginx", "remove the leading `docker://`"},
       {"docker-daemon:nginx:latest", "`docker-daemon:` is not supported"},
       {digest, "a digest needs a host and a repository before it"},
       {"r.example/Web", "upper case letters"},
       {"r.example/", "the repository is missing"},
       {"r.example//web", "an empty part"},
       {"r.example/web/", "an empty part"},
       {"r.example/a..b", "joined by `.`, `_`, `__`, `-` or `/`"},
       {"r.example/a___b", "joined by"},
       {"r.example/-a", "joined by"},
       {"r.example/../a", "joined by"},
       {"r.example/web:", "the tag ``"},
       {"r.example/web:.v1", "the tag `.v1`"},
       {"r.example/web:v1:v2", "joined by"},
       {"r.example/web:" + std::string(129, 'a'), "128 at most"},
       {"r.example/web@sha256:12", "`@` must be followed by `sha256:`"},
       {"r.example/web@sha512:" + digest.substr(7), "`@` must be followed by `sha256:`"},
       {"host:port/web", "not a valid host name or address"},
       {"host:70000/web", "not a valid host name or address"},
       {"-a.example/web", "not a valid host name or address"},
       {".../web", "not a valid host name or address"},
       {"r.example/" + std::string(256, 'a'), "longer than 255 bytes"},
       {"oci:", "the path after `oci:` is missing"},
       {"oci:out:", "is not a valid tag"},
       {"oci:out:v 1", "paths with `:` are not supported"},
       {"docker-archive:a.tar:web", "named NAME:TAG"}}));
  CAPTURE(text);
  try {
    oci::parse_reference(text);
    FAIL("it was taken");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    CHECK_THAT(error.summary(), Contains("`" + text.substr(0, 20)));
    CHECK_THAT(error.reason(), Contains(why));
    CHECK_THAT(error.help(), Contains("host/repository:tag") && Contains("docker-archive:FILE"));
  }
}

TEST_CASE("a reference to disk is no reference to a registry") {
  const auto why_not = [](auto&& parse) -> std::string {
    try {
      parse();
      return "";
    } catch (const Error& error) {
      return error.reason();
    }
  };
  CHECK_THAT(why_not([] { oci::parse_registry_reference("oci:out:v1"); }),
             Contains("an image in a registry is required here"));
  CHECK_THAT(why_not([] { oci::parse_disk_reference("nginx"); }), Contains("does not start with `oci:`"));
}

TEST_CASE("a pinned reference keeps the tag for people and the digest for machines") {
  CHECK(oci::PinnedReference{"r.example", "web", "v1", oci::Digest::of("")}.text() == "r.example/web:v1@" + digest);
  CHECK(oci::PinnedReference{"r.example", "web", "", oci::Digest::of("")}.text() == "r.example/web@" + digest);
}
