"""A profile's own words for its indicators, in the reader's language where they are known."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# As the delivered profile (fixtures/profiles/default.toml) says them, for the catalogues.
DELIVERED: Sequence[str | Promise] = (
    _("Control begins at the limit of a list; the stated percent reaches it."),
    _(
        "Read as one substance, declared under the code of other goods: misdeclared on "
        "purpose, or carelessly."
    ),
    _(
        "The CAS number beside the name is another substance's: copied from honest "
        "papers, or a disguise."
    ),
    _("A controlled substance without its licence in graph 44."),
    _("No sign that the exporting state allowed this consignment."),
    _("The register says that the permit does not hold on this day, or does not know it."),
    _("The register names another holder than the importer: borrowed, or made up."),
    _("The ledger of drawdowns exceeds what the permit grants with this item."),
    _("The register says that the permit is for another substance, direction or office."),
    _("The exporting state notifies such consignments, and told nothing of this one."),
    _("The exporting state told of other people or goods, or we objected."),
    _("More came under the notice than the exporting state let go."),
    _("Another office or another time than notified: diverted, or a careless notice."),
    _("A precursor was sent to this importer, and other goods of the same mass arrive."),
    _("Small consignments of linked firms, each under the limit, are one that is not."),
    _("It is stated that restrictions do not apply, and a substance to which they do is named."),
    _(
        "Exemptions claimed again and again, percents that stay just under the limit "
        "among them, where others hardly do."
    ),
    _("More than anybody said is needed: the surplus goes somewhere."),
    _(
        "Masses that do not fit each other: goods inside of goods, or liquids declared as "
        "something else."
    ),
    _(
        "Somebody asked to look out for this identifier. A lead links, it does not "
        "accuse: alone it selects nothing."
    ),
    _(
        "A firm that took over people, telephone and address of a closed offender. A "
        "likeness accuses nobody: alone it selects nothing, and lets what supports it "
        "count."
    ),
    _("A description that keeps silent about what the chemical is."),
    _("Whoever announces one thing and declares another has something to change in between."),
)


def rule_words(rule: str) -> str:
    """The words as the catalogue has them, else as they were written: an office's own profile
    speaks its own language."""
    return gettext(rule) if rule else ""
