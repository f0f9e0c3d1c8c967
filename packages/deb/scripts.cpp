#include <lapstrake/packages/deb/scripts.hpp>

namespace lapstrake::packages::deb {

std::vector<Effect> script_effects(const Deb& /*deb*/) { return {}; }

}  // namespace lapstrake::packages::deb
