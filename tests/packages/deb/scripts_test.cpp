#include <lapstrake/base/error.hpp>
#include <lapstrake/packages/deb/scripts.hpp>
#include <support/failure.hpp>

#include "script_packages.hpp"

using namespace lapstrake;
using namespace lapstrake::packages::deb;
using Kind = ScriptReview::Kind;

namespace {

const EffectTable empty_table("Version: 1\n");

// The residue of a postinst, one line each.
std::string left_of(const std::string& lines) {
  std::string out;
  for (const auto& line : residue("#!/bin/sh\nset -e\n" + lines, "postinst")) out += line.text + "\n";
  return out;
}

}  // namespace

TEST_CASE("a package without scripts has nothing to review") {
  TempDir folder;
  const auto found = review(deb_with(folder, {}), empty_table, {});
  CHECK(found.kind == Kind::none);
  CHECK(found.note() == "scripts: none");
}

TEST_CASE("what debhelper adds to a script is standard") {
  TempDir folder;
  const auto deb = deb_with_postinst(folder, R"(
# Automatically added by dh_installsystemd/13.11.4
if [ "$1" = "configure" ] || [ "$1" = "abort-upgrade" ] || [ "$1" = "abort-remove" ] ; then
	deb-systemd-helper unmask 'tool.service' >/dev/null || true
	if deb-systemd-helper --quiet was-enabled 'tool.service'; then
		deb-systemd-helper enable 'tool.service' >/dev/null || true
	else
		deb-systemd-helper update-state 'tool.service' >/dev/null || true
	fi
	if [ -d /run/systemd/system ]; then
		systemctl --system daemon-reload >/dev/null || true
		if [ -n "$2" ]; then
			_dh_action=restart
		else
			_dh_action=start
		fi
		deb-systemd-invoke $_dh_action 'tool.service' >/dev/null || true
	fi
fi
if which py3compile >/dev/null 2>&1; then
	py3compile -p tool
fi
dpkg-maintscript-helper rm_conffile /etc/tool 1.0 -- "$@"
systemd-tmpfiles ${DPKG_ROOT:+--root="$DPKG_ROOT"} --create tool.conf || true
exit 0
)");
  const auto found = review(deb, empty_table, {});
  CHECK(found.rest.empty());
  CHECK(found.kind == Kind::standard);
}

TEST_CASE("commands for upgrades and removals are left out") {
  CHECK(left_of(R"(
case "$1" in
  configure)
    if [ -n "$2" ] && dpkg --compare-versions "$2" lt 2.0; then
      frob --upgrade
    fi
    if dpkg --compare-versions "$2" le-nl 2.0; then frob --upgrade; fi
    ;;
  abort-upgrade|abort-remove) frob --undo ;;
  *) frob --unknown ;;
esac
[ "$1" != configure ] && frob --other
)")
            .empty());
  // dpkg --compare-versions: an empty version is earlier than all others.
  CHECK(left_of("if dpkg --compare-versions \"$2\" lt 2.0; then frob; fi\n") == "frob\n");
}
