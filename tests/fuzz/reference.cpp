// The names that people give to images: what is read is well-formed, and its text is read as the same.
#include <lapstrake/oci/reference.hpp>

#include "attempt.hpp"

using namespace lapstrake;
using namespace lapstrake::oci;

namespace {

void hold_form(const RegistryReference& reference) {
  hold(!reference.host.empty() && reference.host == lower(reference.host), "a host is in lower case");
  hold(reference.host.find('/') == std::string::npos, "a host has no path");
  hold(is_repository(reference.repository), "a repository keeps to its grammar");
  hold(reference.tag.empty() || is_tag(reference.tag), "a tag keeps to its grammar");
}

void hold_form(const DiskReference& reference) {
  hold(!reference.path.empty() && reference.path.string().find(':') == std::string::npos, "a path ends at a colon");
  hold(reference.form != DiskReference::Form::docker_archive || reference.tag.empty() ||
           !parse_registry_reference(reference.tag).tag.empty(),
       "an image in a docker-archive has a name and a tag");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = text_of(data, size);
  const auto reference = attempt(ErrorKind::usage, [&] { return parse_reference(input); });
  const auto in_registry = attempt(ErrorKind::usage, [&] { return parse_registry_reference(input); });
  const auto on_disk = attempt(ErrorKind::usage, [&] { return parse_disk_reference(input); });
  hold(!(in_registry && on_disk), "a reference is of one form");
  hold(reference.has_value() == (in_registry || on_disk), "a reference of either form is a reference");
  if (!reference) return 0;

  hold(in_registry ? *reference == Reference(*in_registry) : *reference == Reference(*on_disk),
       "a reference is the same whoever reads it");
  std::visit([](const auto& form) { hold_form(form); }, *reference);
  const auto again = attempt(ErrorKind::usage, [&] { return parse_reference(text(*reference)); });
  hold(again == reference, "a reference's text is read as the same reference");
  return 0;
}
