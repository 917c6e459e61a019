"""The week of Musterstadt that `kasse demo` plays: invented people, real commands."""
