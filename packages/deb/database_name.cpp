#include "database_name.hpp"

#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/control.hpp>

namespace lapstrake::packages::deb {

std::string database_name(const Deb& deb) {
  const auto control = deb.control("control");
  const auto stanza = single_stanza(control, cat("the control file of `", deb.name, "`"));
  return stanza.value("Multi-Arch") == "same" ? cat(deb.name, ":", deb.architecture) : deb.name;
}

}  // namespace lapstrake::packages::deb
