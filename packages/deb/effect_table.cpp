#include <lapstrake/packages/deb/effect_table.hpp>
