// Reads the host-wide `registries:` file and merges it into the project's settings.
#pragma once
#include <lapstrake/app/connect/registry_settings.hpp>
#include <lapstrake/base/runtime.hpp>

namespace lapstrake::app {

// Merges the project's registries over those of LAPSTRAKE_REGISTRIES ($XDG_CONFIG_HOME/lapstrake/registries.yaml), key
// by key: a spec that has only `registries:`. Error{usage} if it has mistakes.
Registries with_host_registries(Registries registries, const Environment& environment);

}  // namespace lapstrake::app
