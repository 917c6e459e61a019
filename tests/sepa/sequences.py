"""Element order, for formats whose schema is not at hand: what stands out of its sequence or is unknown there."""

from lxml import etree


def misplaced(root: etree._Element, sequences: dict[str, str]) -> list[str]:
    found = []
    for element in root.iter():
        parent = etree.QName(element).localname
        names = [etree.QName(child).localname for child in element]
        allowed = sequences.get(parent, " ".join(names)).split()
        places = [allowed.index(name) if name in allowed else -1 for name in names]
        if places != sorted(places) or -1 in places:
            found.append(f"{parent}: {' '.join(names)}")
        if not names and not element.text:
            found.append(f"{parent} is empty")
    return found


def texts(root: etree._Element, namespace: str, path: str) -> list[str]:
    steps = "/".join(f"{{{namespace}}}{tag}" for tag in path.split("/"))
    return [element.text or "" for element in root.iterfind(".//" + steps)]
