#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/redactor.hpp>
#include <lapstrake/base/text.hpp>
#include <thread>
#include <vector>

#include "support/catch.hpp"

using namespace lapstrake;

TEST_CASE("a secret is redacted in each form in which others repeat it (S07)") {
  Redactor secrets;
  secrets.learn_login("joe", "pA55/w0rd+s<E>cr&t \"q\\\" \xc3\xa9\n");
  const auto [form, in_it] = GENERATE(table<std::string, std::string>({
      {"as it is", "pA55/w0rd+s<E>cr&t \"q\\\" \xc3\xa9\n"},
      {"in an address", "pA55%2Fw0rd%2Bs%3CE%3Ecr%26t%20%22q%5C%22%20%C3%A9%0A"},
      {"with lower-case digits", "pA55%2fw0rd%2bs%3cE%3ecr%26t%20%22q%5c%22%20%c3%a9%0a"},
      {"in a form", "pA55%2Fw0rd%2Bs%3CE%3Ecr%26t+%22q%5C%22+%C3%A9%0A"},
      {"in an address, in part", "pA55/w0rd+s%3CE%3Ecr&t%20%22q%5C%22%20%C3%A9%0A"},
      {"encoded twice", "pA55%252Fw0rd%252Bs%253CE%253Ecr%2526t%2520%2522q%255C%2522%2520%25C3%25A9%250A"},
      {"in JSON", R"(pA55/w0rd+s<E>cr&t \"q\\\" é\n)"},
      {"in Go's JSON", R"(pA55/w0rd+s\u003cE\u003ecr\u0026t \"q\\\" é\n)"},
      {"in PHP's JSON", R"(pA55\/w0rd+s<E>cr&t \"q\\\" \u00e9\n)"},
      {"in XML", "pA55/w0rd+s&lt;E&gt;cr&amp;t &quot;q\\&#34; &#xE9;&#10;"},
      {"made printable", R"(pA55/w0rd+s<E>cr&t "q\" é\x0a)"},
      {"as Basic", "am9lOnBBNTUvdzByZCtzPEU+Y3ImdCAicVwiIMOpCg=="},
      {"as Basic, for addresses", "am9lOnBBNTUvdzByZCtzPEU-Y3ImdCAicVwiIMOpCg"},
      {"as Basic, in an address", "am9lOnBBNTUvdzByZCtzPEU%2BY3ImdCAicVwiIMOpCg%3D%3D"},
      {"alone in base64", "cEE1NS93MHJkK3M8RT5jciZ0ICJxXCIgw6kK"},
      {"in hex",
       "704135352f773072642b733c453e63722674202271"
       "5c2220c3a90a"},
      {"in base64 of a form", "cEE1NSUyRncwcmQlMkJzJTNDRSUzRWNyJTI2dCUyMCUyMnElNUMlMjIlMjAlQzMlQTklMEE="},
      {"in hex of a form",
       "704135352532467730726425324273253343452533456372253236"
       "7425323025323271253543253232253230254333254139253041"},
  }));
  INFO(form);
  CHECK(secrets.redacted(cat("refused: ", in_it, " is wrong")) == "refused: REDACTED is wrong");
}

TEST_CASE("a secret inside a longer base64 text is redacted wherever it begins (S07)") {
  Redactor secrets;
  secrets.learn("correct horse battery");
  const std::string before = GENERATE("", "x", "xy", "xyz");
  const auto told = secrets.redacted(base64(as_bytes(cat(before, "correct horse battery and more"))));
  CHECK(told.find("REDACTED") != told.npos);
  CHECK(told.find(base64(as_bytes(" horse b")).substr(2, 8)) == told.npos);
  CHECK(told.size() < 30);
}

TEST_CASE("a secret that is cut off by ... is redacted (S07)") {
  Redactor secrets;
  secrets.learn("correct horse battery");
  CHECK(secrets.redacted("no such token: correct ho...") == "no such token: REDACTED...");
  CHECK(secrets.redacted("corre...") == "corre...");  // five bytes of it
}

TEST_CASE("digests stay whole, whatever the secrets are (S07)") {
  Redactor secrets;
  secrets.learn("abcdef");
  const auto digest = cat("sha256:", std::string(29, '0'), "abcdef", std::string(29, '1'));
  CHECK(secrets.redacted(digest) == digest);
  CHECK(secrets.redacted("key abcdef.") == "key REDACTED.");
  const std::string key(64, 'e');
  secrets.learn(key);
  CHECK(secrets.redacted(cat("sha256:", key)) == "sha256:REDACTED");
}

TEST_CASE("hex that is as long as a digest, and holds a secret, is none (S07)") {
  Redactor secrets;
  secrets.learn("pA55/w0rd+s");
  const auto hex_of_it = hex(as_bytes("pA55/w0rd+s"));
  const auto size = GENERATE(std::size_t{64}, std::size_t{128});
  const std::string before(10, '7'), after(size - 10 - hex_of_it.size(), '6');
  CHECK(secrets.redacted(cat(before, hex_of_it, after, "...")) == cat(before, "REDACTED", after, "..."));
}

TEST_CASE("a short password is redacted beside its user alone (S07)") {
  Redactor secrets;
  secrets.learn_login("joe", "app");
  CHECK(secrets.redacted("host/app:v1, joe:app, Basic am9lOmFwcA==") == "host/app:v1, REDACTED, Basic REDACTED");
}

TEST_CASE("a redactor that knows nothing changes nothing") {
  const Redactor secrets;
  CHECK(secrets.redacted("100% \\ & + \xff") == "100% \\ & + \xff");
}

TEST_CASE("a text that means the secret in many ways is looked through in bounded time") {
  Redactor secrets;
  secrets.learn(cat(std::string(200, '\\'), "x"));
  const std::string text(1000, '\\');
  CHECK_THAT(secrets.redacted(text), !Contains("\\"));
}

TEST_CASE("the long beginning of a secret goes, and costs no more than the text has bytes") {
  Redactor secrets;
  secrets.learn(cat(std::string(8000, 'a'), "b"));
  CHECK(secrets.redacted(cat("x ", std::string(100, 'a'), " y")) == "x REDACTED y");
  CHECK(secrets.redacted(cat("x ", std::string(20, 'a'), " y")) == cat("x ", std::string(20, 'a'), " y"));
  CHECK(secrets.redacted(std::string(1 << 20, 'a')).size() < 8192);
}

TEST_CASE("secrets may be learnt while others print") {
  Redactor secrets;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&secrets, i] {
      const auto secret = cat("the secret of ", i);
      secrets.learn(secret);
      CHECK(secrets.redacted(secret) == "REDACTED");
    });
}
