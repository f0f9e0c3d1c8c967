#include <lapstrake/packages/pip/index.hpp>
#include <support/catch.hpp>
#include <support/failure.hpp>

using namespace lapstrake;
using namespace lapstrake::packages::pip;

namespace {

const std::string a64(64, 'a'), b64(64, 'b');
const std::string json_type = "application/vnd.pypi.simple.v1+json";

}  // namespace

TEST_CASE("a project's page is below its normalised name") { CHECK(project_path("Flask_Login") == "flask-login/"); }

TEST_CASE("a page in JSON lists the files of a project") {
  const auto page = parse_project_page(json_type + "; charset=utf-8",
                                       R"({"meta": {"api-version": "1.3"}, "name": "x", "files": [
      {"filename": "x-1-py3-none-any.whl", "url": "../../x-1-py3-none-any.whl#y", "hashes": {"sha256": ")" +
                                           a64 + R"(", "blake2b": "0"},
       "requires-python": ">=3.8", "size": 12, "core-metadata": {"sha256": ")" +
                                           b64 + R"("}, "yanked": "broken"},
      {"filename": "x-2-py3-none-any.whl", "url": "https://example.com/x", "hashes": {}, "yanked": true, "dist-info-metadata": true},
      {"filename": "x-3.tar.gz", "url": "x", "hashes": {"sha256": "short"}, "yanked": false, "core-metadata": false, "requires-python": ">=3.x"},
      {"filename": "x-3.tar.gz.asc", "url": "x", "hashes": {}}]})",
                                       "the page");
  REQUIRE(page.files.size() == 3);
  CHECK(page.files[0].name == "x-1-py3-none-any.whl");
  CHECK(page.files[0].url == "../../x-1-py3-none-any.whl");
  REQUIRE(page.files[0].checksums.size() == 1);
  CHECK(page.files[0].checksums[0].hex() == a64);
  CHECK(page.files[0].requires_python == SpecifierSet::parse(">=3.8"));
  CHECK(page.files[0].size == 12);
  CHECK(page.files[0].core_metadata.value().checksums.at(0).hex() == b64);
  CHECK(page.files[0].yanked == "broken");
  CHECK(page.files[1].yanked == "");
  CHECK(page.files[1].core_metadata == CoreMetadata{});
  CHECK(page.files[2] == IndexFile{.name = "x-3.tar.gz", .url = "x"});
}

TEST_CASE("a page in HTML lists the files of a project") {
  const auto page = parse_project_page("text/html",
                                       R"(<!DOCTYPE html><html><head><meta name="pypi:repository-version" content="1.1">
    <base href="https://example.com/files/"><script>if (a<b) "<a href='no-1.zip'>no-1.zip</a>"</script></head><body><!-- <a href="no-2.zip">no-2.zip</a> -->
    <a href="/simple/">All projects</a> 1 < 2
    <A  HREF = '../x-1-py3-none-any.whl?a=1&amp;b=2#sha256=)" +
                                           a64 + R"(' data-requires-python="&gt;=3.8,&#60;4" data-yanked
        data-core-metadata="sha256=)" + b64 +
                                           R"(">x-1-py3-none-any.whl</A><br/>
    <a href=x-2.tar.gz data-yanked="a &quot;bad&quot; one" data-dist-info-metadata=true>
      x-2.tar.gz </a>
    <a href="download.php?id=3" data-dist-info-metadata="false">x-3-py3-none-any.whl</a></body>)",
                                       "the page");
  CHECK(page.base == "https://example.com/files/");
  REQUIRE(page.files.size() == 3);
  CHECK(page.files[0].name == "x-1-py3-none-any.whl");
  CHECK(page.files[0].url == "../x-1-py3-none-any.whl?a=1&b=2");
  CHECK(page.files[0].checksums.at(0).hex() == a64);
  CHECK(page.files[0].requires_python == SpecifierSet::parse(">=3.8,<4"));
  CHECK(page.files[0].yanked == "");
  CHECK(page.files[0].core_metadata.value().checksums.at(0).hex() == b64);
  CHECK(page.files[1].name == "x-2.tar.gz");
  CHECK(page.files[1].yanked == "a \"bad\" one");
  CHECK(page.files[1].core_metadata == CoreMetadata{});
  CHECK(page.files[2].url == "download.php?id=3");
  CHECK(page.files[2].name == "x-3-py3-none-any.whl");
  CHECK_FALSE(page.files[2].core_metadata);
}

TEST_CASE("a page of HTML that is cut gives the files before the cut") {
  CHECK(parse_project_html("<a href='x-1.zip'>x-1.zip</a><a href='x-2.zip", "the page").files.size() == 1);
  CHECK(parse_project_html("<!-- <a href='x-1.zip'>", "the page").files.empty());
  CHECK(parse_project_html("<", "the page").files.empty());
}

TEST_CASE("pages of another kind or version are refused") {
  const auto [type, body, message] = GENERATE(table<std::string, std::string, std::string>(
      {{"application/json", "{}", "its content type is `application/json`"},
       {json_type, "{", "the page"},
       {json_type, "[]", "it is not an object"},
       {json_type, "{}", "the member `meta` is missing"},
       {json_type, R"({"meta": {"api-version": "2.0"}, "files": []})", "has version `2.0` of the index API"},
       {json_type, R"({"meta": {"api-version": "1.0"}})", "the list `files` is missing"},
       {json_type, R"({"meta": {"api-version": "1.0"}, "files": [1]})", "is not an object"},
       {json_type, R"({"meta": {"api-version": "1.0"}, "files": [{"filename": "x"}]})", "has no `filename` or `url`"},
       {"text/html", "<meta content=2.0 name='pypi:repository-version'>", "has version `2.0`"}}));
  CAPTURE(body);
  const auto error = failure_of([type = type, body = body] { parse_project_page(type, body, "the page"); });
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK_THAT(report(error), Contains(message));
}
