// /etc/php as phpenmod(8) and the scripts of PHP's packages make it.
#pragma once
#include <lapstrake/packages/deb/root.hpp>

namespace lapstrake::packages::deb {

// mods-available, conf.d and php.ini of each SAPI of each version in usr/lib/php, and the records of phpenmod.
void apply_php_modules(Root& root);

}  // namespace lapstrake::packages::deb
