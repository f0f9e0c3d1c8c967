#include <algorithm>
#include <array>
#include <lapstrake/aws/ecr/host.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::aws {
namespace {

// What stands behind the region in the two forms of names.
constexpr std::array<std::string_view, 7> suffixes{"amazonaws.com", "amazonaws.com.cn", "amazonaws.eu",  "c2s.ic.gov",
                                                   "sc2s.sgov.gov", "cloud.adc-e.uk",   "csp.hci.ic.gov"};
constexpr std::array<std::string_view, 3> dualstack_suffixes{"on.aws", "on.amazonwebservices.com.cn",
                                                             "on.amazonwebservices.eu"};

template <std::size_t count>
bool is_one_of(std::string_view text, const std::array<std::string_view, count>& texts) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

bool is_account(std::string_view text) {
  return text.size() == 12 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_region(std::string_view text) {
  return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

// Takes what stands before the next dot off `text`.
std::string_view take_label(std::string_view& text) {
  const auto label = text.substr(0, text.find('.'));
  text.remove_prefix(std::min(label.size() + 1, text.size()));
  return label;
}

}  // namespace

std::optional<EcrHost> parse_ecr_host(std::string_view host) {
  const std::string name = lower(host);
  std::string_view rest = name;
  EcrHost out;
  out.account = take_label(rest);
  const auto service = take_label(rest);
  if (service == "dkr") {
    const auto kind = take_label(rest);
    if (kind != "ecr" && kind != "ecr-fips") return std::nullopt;
    out.fips = kind == "ecr-fips";
  } else if (service == "dkr-ecr" || service == "dkr-ecr-fips") {
    out.dualstack = true;
    out.fips = service == "dkr-ecr-fips";
  } else {
    return std::nullopt;
  }
  out.region = take_label(rest);
  const bool is_suffix = out.dualstack ? is_one_of(rest, dualstack_suffixes) : is_one_of(rest, suffixes);
  if (!is_account(out.account) || !is_region(out.region) || !is_suffix) return std::nullopt;
  return out;
}

bool is_public_ecr(std::string_view host) {
  const std::string name = lower(host);
  return name == "public.ecr.aws" || name == "ecr-public.aws.com";
}

}  // namespace lapstrake::aws
