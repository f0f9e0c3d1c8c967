// The distribution API as ECR has it.
#include "client.hpp"

using namespace sandbox_test;

TEST_CASE("the registry wants Basic, and says so in ECR's way") {
  const Client client;
  const std::string url = cat("https://", client.box.registry_host(), "/v2/");
  const auto reply = client.send("GET", url);
  CHECK(reply.status == 401);
  CHECK(reply.headers.find("WWW-Authenticate") ==
        cat("Basic realm=\"https://", client.box.registry_host(), "/\",service=\"ecr.amazonaws.com\""));
  CHECK(reply.headers.find("Content-Type") == "text/plain; charset=utf-8");
  CHECK(reply.body == "Not Authorized\n");
  CHECK(client.send("GET", url, {{"Authorization", "Basic " + base64(as_bytes("AWS:nope"))}}).status == 401);
  CHECK(client.send("GET", url, {{"Authorization", "Bearer x"}}).status == 401);
  CHECK(client.v2("GET", "").status == 200);
}

TEST_CASE("a login is good for its region's registries under every name, and for no other region") {
  const Client client;
  for (const char* host : {"123456789012.dkr.ecr-fips.us-east-1.amazonaws.com", "123456789012.dkr-ecr.us-east-1.on.aws",
                           "210987654321.dkr.ecr.us-east-1.amazonaws.com"})
    CHECK(client.v2("GET", cat("https://", host, "/v2/")).status == 200);
  const auto other = client.v2("GET", "https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/v2/");
  CHECK(other.status == 403);
  CHECK(error_code(other) == "DENIED");
}

TEST_CASE("a blob is uploaded in one PUT, found by HEAD, and fetched from the bucket that refuses a second proof") {
  const Client client;
  const std::string bytes(300'000, 'x'), digest = client.put_blob("web", bytes);
  const auto head = client.v2("HEAD", "web/blobs/" + digest);
  CHECK(head.status == 200);
  CHECK(head.headers.find("Content-Length") == "300000");
  CHECK(client.v2("HEAD", "other/blobs/" + digest).status == 404);

  const auto sent_on = client.v2("GET", "web/blobs/" + digest);
  REQUIRE(sent_on.status == 307);
  const std::string url = sent_on.headers.find("Location").value();
  CHECK_THAT(url, Contains("https://prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com/"));
  CHECK(client.send("GET", url).body == bytes);
  CHECK(client.send("GET", url, {{"Authorization", client.login}}).status == 400);
  const auto part = client.send("GET", url, {{"Range", "bytes=299990-"}});
  CHECK(part.status == 206);
  CHECK(part.headers.find("Content-Range") == "bytes 299990-299999/300000");
  CHECK(part.body == bytes.substr(299'990));
  CHECK(client.send("GET", url, {{"Range", "bytes=300000-"}}).status == 416);
  CHECK(client.send("GET", replace_all(url, "X-Amz-Signature=", "X-Amz-Signature=0")).status == 403);
}

TEST_CASE("chunks are taken with ECR's quirks: 201, a Range that sticks, parts of at least 5 MiB") {
  const Client client;
  const std::string part(8u << 20, 'a'), whole = part + part + "end";
  const auto session = client.v2("POST", "web/blobs/uploads/").headers.find("Location").value();
  const auto first = client.v2("PATCH", session, {{"Content-Range", "0-8388607"}}, part);
  CHECK(first.status == 201);
  CHECK(first.headers.find("Range") == "0-8388607");
  const auto second = client.v2("PATCH", session, {{"Content-Range", "8388608-16777215"}}, part);
  CHECK(second.status == 201);
  CHECK(second.headers.find("Range") == "0-10485759");
  const auto wrong = client.v2("PATCH", session, {{"Content-Range", "0-8388607"}}, part);
  CHECK(wrong.status == 416);
  CHECK(error_message(wrong) == "First byte of the layer part is 0 instead of 16777216");
  CHECK(client.v2("PUT", cat(session, "?digest=", oci::Digest::of(whole).text()), {}, "end").status == 201);

  const auto small = client.v2("POST", "web/blobs/uploads/").headers.find("Location").value();
  CHECK(client.v2("PATCH", small, {}, "too small").status == 201);
  const auto refused = client.v2("PUT", cat(small, "?digest=", oci::Digest::of("too small!").text()), {}, "!");
  CHECK(refused.status == 400);
  CHECK_THAT(error_message(refused), Contains("at least 5242880 bytes"));
}

TEST_CASE("an upload with a wrong digest is refused, and its session is gone") {
  const Client client;
  const auto session = client.v2("POST", "web/blobs/uploads/").headers.find("Location").value();
  const std::string closing = cat(session, "?digest=", oci::Digest::of("something else").text());
  CHECK(error_code(client.v2("PUT", closing, {}, "bytes")) == "DIGEST_INVALID");
  CHECK(error_code(client.v2("PUT", closing, {}, "bytes")) == "BLOB_UPLOAD_UNKNOWN");
  CHECK(client.v2("PUT", cat("web/blobs/uploads/?digest=", oci::Digest::of("").text())).status == 404);
  CHECK(client.v2("HEAD", "web/blobs/" + oci::Digest::of("bytes").text()).status == 404);
}

TEST_CASE("a mount is a plain upload session") {
  const Client client;
  const std::string digest = client.put_blob("web", "bytes");
  const auto reply = client.v2("POST", cat("other/blobs/uploads/?mount=", digest, "&from=web"));
  CHECK(reply.status == 202);
  CHECK(client.v2("HEAD", "other/blobs/" + digest).status == 404);
  CHECK(client.v2("PUT", cat(reply.headers.find("Location").value(), "?digest=", digest), {}, "bytes").status == 201);
}

TEST_CASE("a manifest is found by tag and digest; its digest is told on HEAD alone") {
  const Client client;
  const std::string text = client.put_image("web", "v1"), digest = oci::Digest::of(text).text();
  for (const auto& reference : {std::string("v1"), digest}) {
    const auto head = client.v2("HEAD", "web/manifests/" + reference),
               got = client.v2("GET", "web/manifests/" + reference);
    CHECK(head.status == 200);
    CHECK(head.headers.find("Docker-Content-Digest") == digest);
    CHECK(head.headers.find("Content-Length") == cat(text.size()));
    CHECK(got.body == text);
    CHECK(got.headers.find("Content-Type") == oci::media_type::manifest);
    CHECK_FALSE(got.headers.find("Docker-Content-Digest"));
  }
  CHECK(error_message(client.v2("GET", "web/manifests/v2")) == "Requested image not found");
  CHECK(client.v2("HEAD", "web/manifests/v2").status == 404);
  CHECK(Json::parse(client.v2("GET", "web/tags/list").body) == Json({{"name", "web"}, {"tags", {"v1"}}}));
  CHECK(client.v2("GET", "web/tags/list?n=1001").status == 405);
}

TEST_CASE("tags come in pages") {
  const Client client;
  const std::string text = client.put_image("web", "a");
  for (const char* tag : {"b", "c"}) REQUIRE(client.put_manifest("web", tag, text).status == 201);
  const auto page = client.v2("GET", "web/tags/list?n=2");
  CHECK(Json::parse(page.body)["tags"] == Json({"a", "b"}));
  CHECK(page.headers.find("Link") == "</v2/web/tags/list?n=2&last=b>; rel=\"next\"");
  const auto rest = client.v2("GET", "web/tags/list?n=2&last=b");
  CHECK(Json::parse(rest.body)["tags"] == Json({"c"}));
  CHECK_FALSE(rest.headers.find("Link"));
}

TEST_CASE("manifests that ECR refuses") {
  const Client client;
  const std::string good = client.put_image("web", "v1"), digest = oci::Digest::of(good).text();
  const std::string absent = oci::Digest::of("absent").text();
  auto index_of = [](const std::string& child) {
    return Json{
        {"schemaVersion", 2},
        {"mediaType", oci::media_type::index},
        {"manifests", Json::array({{{"mediaType", oci::media_type::manifest}, {"digest", child}, {"size", 2}}})}}
        .dump();
  };
  struct Case {
    std::string text;
    std::string_view type;
    int status;
    std::string code, message;
  };
  const std::string index = index_of(digest);
  REQUIRE(client.put_manifest("web", "index", index, oci::media_type::index).status == 201);
  const auto c = GENERATE_COPY(
      Case{"{", oci::media_type::manifest, 405, "UNSUPPORTED", "Invalid JSON syntax"},
      Case{good, oci::media_type::docker_manifest, 405, "UNSUPPORTED", "media type of its request"},
      Case{good, "text/plain", 405, "UNSUPPORTED", "Unsupported media type"},
      Case{good + std::string(4'194'304, ' '), oci::media_type::manifest, 405, "UNSUPPORTED",
           "length less than or equal"},
      Case{R"({"schemaVersion":2,"manifests":[]})", oci::media_type::index, 405, "UNSUPPORTED",
           "at least one manifest"},
      Case{index_of(oci::Digest::of(index).text()), oci::media_type::index, 405, "UNSUPPORTED", "Nested image index"},
      Case{Client::manifest_of(absent, absent), oci::media_type::manifest, 400, "MANIFEST_BLOB_UNKNOWN",
           "Layers with digests"},
      Case{index_of(absent), oci::media_type::index, 400, "MANIFEST_BLOB_UNKNOWN",
           cat("Images with digests '[", absent,
               "]' required for pushing image into repository with name 'web' in the "
               "registry with id '123456789012' do not exist")});
  const auto reply = client.put_manifest("web", "new", c.text, c.type);
  CHECK(reply.status == c.status);
  CHECK(error_code(reply) == c.code);
  CHECK_THAT(error_message(reply), Contains(c.message));
  CHECK(client.v2("HEAD", "web/manifests/new").status == 404);
}

TEST_CASE("a manifest by a digest that is not its own is refused") {
  const Client client;
  const std::string text = client.put_image("web", "v1");
  CHECK(error_code(client.put_manifest("web", oci::Digest::of("x").text(), text)) == "DIGEST_INVALID");
}

TEST_CASE("an immutable tag is not set again, not even to the same digest; digests may be") {
  const Client client({.immutable_tags = true});
  const std::string text = client.put_image("web", "v1");
  const auto again = client.put_manifest("web", "v1", text);
  CHECK(again.status == 400);
  CHECK(error_code(again) == "TAG_INVALID");
  CHECK(error_message(again) ==
        "The image tag 'v1' already exists in the 'web' repository and cannot be overwritten because the repository is "
        "immutable.");
  CHECK(client.put_manifest("web", oci::Digest::of(text).text(), text).status == 201);
  CHECK(client.put_manifest("web", "v2", text).status == 201);
}

TEST_CASE("a push to a missing repository is hung up on, a pull is told") {
  const Client client({.create_repositories = false});
  CHECK_THROWS_AS(client.v2("POST", "web/blobs/uploads/"), Error);
  CHECK(client.box.records().back().status == 0);
  const auto pull = client.v2("GET", "web/manifests/v1");
  CHECK(pull.status == 404);
  CHECK(error_code(pull) == "NAME_UNKNOWN");
  CHECK(error_message(pull) == "The repository with name 'web' does not exist in the registry with id '123456789012'");
  CHECK(client.call("ecr", "CreateRepository", {{"repositoryName", "web"}}).status == 200);
  CHECK(client.v2("POST", "web/blobs/uploads/").status == 202);
}

TEST_CASE("a subject is acknowledged, and its referrers are found") {
  const Client client;
  const std::string text = client.put_image("web", "v1"), digest = oci::Digest::of(text).text();
  Json signature = Json::parse(text);
  signature["subject"] = {{"mediaType", oci::media_type::manifest}, {"digest", digest}, {"size", text.size()}};
  signature["artifactType"] = "application/x-signature";
  const auto put = client.put_manifest("web", "sig", signature.dump());
  CHECK(put.headers.find("OCI-Subject") == digest);
  const Json found = Json::parse(client.v2("GET", "web/referrers/" + digest).body);
  REQUIRE(found["manifests"].size() == 1);
  CHECK(found["manifests"][0]["artifactType"] == "application/x-signature");
}

TEST_CASE("clients that come to 127.0.0.1 without the proxy are sent to the sandbox's other loopback name") {
  const Client client;
  const std::string digest = client.put_blob("web", "bytes"),
                    direct = client.environment.at("LAPSTRAKE_SANDBOX_ENDPOINT");
  const auto reply = client.v2("GET", cat(direct, "/v2/web/blobs/", digest));
  REQUIRE(reply.status == 307);
  CHECK_THAT(reply.headers.find("Location").value(), Contains(cat("https://localhost:", client.box.port(), "/")));
  CHECK(client.send("GET", reply.headers.find("Location").value()).body == "bytes");
}
