// The state of a package in dpkg's database: "Status: install ok installed".
#pragma once
#include <lapstrake/packages/deb/control.hpp>
#include <string_view>

namespace lapstrake::packages::deb {

// Whether the package meets dependencies. dpkg has it unpacked and configured: its state is `installed`, or it waits
// only for triggers. Paragraphs of status.d have no state and count as installed. Error{integrity}: a state that dpkg
// does not have, a paragraph without a valid `Package`, or an installed one without `Version`. `what`: for messages.
bool is_installed(const Stanza& stanza, std::string_view what);

}  // namespace lapstrake::packages::deb
