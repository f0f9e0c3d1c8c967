// What allows which network mode, and port mappings beyond the form of one port.
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/text.hpp>
#include <map>
#include <set>

#include "rules.hpp"

namespace lapstrake::aws {
namespace {

using nlohmann::json;

void members_of_mode(const TaskContext& context, const Container& container, Findings& findings) {
  const auto& mode = context.network_mode;
  const auto refuse = [&](const char* member, std::string_view instead) {
    if (!is_set(member_of(container.value, member))) return;
    findings.documented(Documented::network_mode_members, below(container.pointer, member),
                        cat("`", member, "` cannot be used with the network mode ", mode), std::string(instead));
  };
  if (mode == "none") refuse("portMappings", "remove it, or choose another network mode");
  if (mode == "awsvpc") refuse("hostname", "remove it: the task gets its host name from its network interface");
  if (context.is_fargate) return;  // Fargate's own rules name the rest
  if (mode == "awsvpc") refuse("extraHosts", "remove it, or use the network mode bridge");
  if (!mode.empty() && mode != "bridge") refuse("links", "remove it, or use the network mode bridge");
}

void external(const TaskContext& context, Findings& findings) {
  if (context.is_external && context.network_mode == "awsvpc")
    findings.documented(Documented::external_network_mode, "/networkMode",
                        "tasks on external instances cannot have the network mode awsvpc",
                        "use bridge, host or none, or remove EXTERNAL from `requiresCompatibilities`");
}

bool is_port_name(std::string_view name) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789_-";
  return name.size() <= 64 && !name.starts_with('-') && name.find_first_not_of(letters) == std::string_view::npos;
}

void port_names(const TaskContext& context, Findings& findings) {
  std::set<std::string> seen;
  for (const auto& container : context.containers) {
    const auto& list = list_of(container.value, "portMappings");
    for (std::size_t i = 0; i < list.size(); ++i) {
      const auto name = text_of(list[i], "name");
      if (name.empty()) continue;
      const auto pointer = below(container.pointer + "/portMappings", i) + "/name";
      if (!is_port_name(name))
        findings.documented(Documented::port_names, pointer, cat("`", name, "` is not a valid port name"),
                            "use at most 64 lower-case letters, digits, `_` and `-`; the first must not be `-`");
      else if (!seen.insert(name).second)
        findings.documented(Documented::port_names, pointer, cat("duplicate port name `", name, "`"),
                            "give each port of the task a unique name");
    }
  }
}

struct Ports {
  std::int64_t first = 0, last = 0;
};

std::optional<Ports> range_of(const std::string& text) {
  const auto parts = split(text, '-');
  if (parts.size() != 2) return std::nullopt;
  const auto first = parse_integer(parts[0]), last = parse_integer(parts[1]);
  if (!first || !last || *first < 1 || *last > 65535 || *first >= *last) return std::nullopt;
  return Ports{*first, *last};
}

void port_range(const TaskContext& context, const json& mapping, const std::string& pointer, Findings& findings) {
  const auto text = text_of(mapping, "containerPortRange");
  if (text.empty()) return;
  const auto at = pointer + "/containerPortRange";
  if (!range_of(text))
    findings.documented(Documented::port_ranges, at, cat("`", text, "` is not a range of ports"),
                        "write two ports from 1 to 65535, the smaller one first: \"8000-8010\"");
  else if (context.network_mode == "host" || context.network_mode == "none")
    findings.documented(Documented::port_ranges, at,
                        cat("`containerPortRange` cannot be used with the network mode ", context.network_mode),
                        "use the network mode awsvpc or bridge");
  else if (number_of(mapping, "containerPort") || number_of(mapping, "hostPort").value_or(0) != 0)
    findings.documented(Documented::port_ranges, at, "a port mapping has both `containerPortRange` and a port",
                        "remove `containerPort` and `hostPort`, or the range");
}

void port_ranges(const TaskContext& context, const Container& container, Findings& findings) {
  const auto& list = list_of(container.value, "portMappings");
  std::map<std::int64_t, std::string> protocols;
  std::vector<Ports> ranges;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto pointer = below(container.pointer + "/portMappings", i);
    port_range(context, list[i], pointer, findings);
    if (const auto range = range_of(text_of(list[i], "containerPortRange"))) {
      for (const auto& other : ranges)
        if (range->first <= other.last && other.first <= range->last)
          findings.documented(Documented::port_ranges, pointer + "/containerPortRange", "two ranges of ports overlap",
                              "list each port once");
      ranges.push_back(*range);
    }
    const auto port = number_of(list[i], "containerPort");
    if (!port) continue;
    auto protocol = text_of(list[i], "protocol");
    if (protocol.empty()) protocol = "tcp";
    if (const auto [other, is_new] = protocols.emplace(*port, protocol); !is_new && other->second != protocol)
      findings.documented(Documented::port_protocols, pointer,
                          cat("`", container.name, "` exposes port ", *port, " for both tcp and udp"),
                          "expose one port for each protocol");
  }
}

constexpr Rule network_task_rules[]{external, port_names};
constexpr ContainerRule network_container_rules[]{members_of_mode, port_ranges};

}  // namespace

Rules network_rules() { return {network_task_rules, network_container_rules}; }

}  // namespace lapstrake::aws
