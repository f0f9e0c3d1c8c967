#include <algorithm>
#include <array>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/npm/scripts.hpp>

namespace lapstrake::packages::npm {
namespace {

struct Known {
  std::string_view package, command;
};

// As published in the registry. Advertisements, requests for donations, deprecation notices, checks of versions.
constexpr std::string_view try_postinstall = R"(node -e "try{require('./postinstall')}catch(e){}")";
constexpr std::string_view donations = "opencollective || exit 0";
constexpr std::array known{
    Known{"core-js", try_postinstall},
    Known{"core-js", R"(node postinstall || echo "ignore")"},
    Known{"core-js", R"(node scripts/postinstall || echo "ignore")"},
    Known{"core-js", "node scripts/postinstall"},
    Known{"core-js", R"(node -e "try { require('./scripts/postinstall'); } catch (e) { /* empty */ }")"},
    Known{"core-js-pure", try_postinstall},
    Known{"core-js-bundle", try_postinstall},
    Known{"es5-ext", R"(node -e "try{require('./_postinstall')}catch(e){}" || exit 0)"},
    Known{"@nestjs/core", donations},
    Known{"bootstrap-vue", donations},
    Known{"nuxt", donations},
    Known{"inferno", "opencollective-postinstall"},
    Known{"@scarf/scarf", "node ./report.js"},
    Known{"protobufjs", "node scripts/postinstall"},  // compares the version range of the package that needs it
    Known{"@apollo/protobufjs", "node scripts/postinstall"},
    Known{"aws-sdk", "node scripts/warn-maintenance-mode.js"},
    Known{"nodemon", "node bin/postinstall || exit 0"},
    Known{"ejs", "node ./postinstall.js"},
    Known{"styled-components", "node ./scripts/postinstall.js || exit 0"},
    Known{"styled-components", "node ./postinstall.js || exit 0"},
    Known{"styled-components", "node ./postinstall.js"},
    Known{"type-graphql", "node ./dist/postinstall || exit 0"},
};

}  // namespace

bool is_cosmetic(std::string_view package, std::string_view command) {
  return std::ranges::any_of(known,
                             [&](const Known& row) { return row.package == package && row.command == trim(command); });
}

}  // namespace lapstrake::packages::npm
