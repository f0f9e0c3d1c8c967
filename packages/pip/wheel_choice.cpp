#include <algorithm>
#include <lapstrake/packages/pip/tags.hpp>
#include <tuple>
#include <utility>

#include "wheel_refusal.hpp"

namespace lapstrake::packages::pip {
namespace {

// Digits by value, then the rest as text; a wheel without a build tag comes first ("Binary distribution format").
using BuildOrder = std::tuple<std::size_t, std::string, std::string>;
BuildOrder build_order(std::string_view build) {
  auto digits = build.substr(0, std::min(build.find_first_not_of("0123456789"), build.size()));
  const auto rest = build.substr(digits.size());
  while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
  return {digits.size(), std::string(digits), std::string(rest)};
}

}  // namespace

WheelRanks::WheelRanks(const Target& target) {
  for (auto& tag : supported_tags(target)) places_.emplace(std::move(tag), places_.size());
}

std::optional<std::size_t> WheelRanks::rank(const WheelName& wheel) const {
  std::optional<std::size_t> best;
  for (const auto& tag : wheel.tags()) {
    const auto found = places_.find(tag);
    if (found != places_.end() && (!best || found->second < *best)) best = found->second;
  }
  return best;
}

std::size_t choose_wheel(std::string_view name, std::string_view version, const std::vector<std::string>& file_names,
                         const Target& target) {
  const WheelRanks ranks(target);
  std::optional<std::size_t> chosen;
  std::pair<std::size_t, BuildOrder> best;
  for (std::size_t i = 0; i < file_names.size(); ++i) {
    const auto wheel = WheelName::from_text(file_names[i]);
    const auto place = wheel ? ranks.rank(*wheel) : std::nullopt;
    if (!place) continue;
    std::pair<std::size_t, BuildOrder> order{*place, build_order(wheel->build)};
    if (chosen && (order.first > best.first || (order.first == best.first && order.second <= best.second))) continue;
    chosen = i;
    best = std::move(order);
  }
  if (chosen) return *chosen;
  refuse_choice(name, version, file_names, target);
}

}  // namespace lapstrake::packages::pip
