"""What Firn aims for, and whether this run reached it."""

LEAD, TWICE = 1.0, 2.0


def checked(figures, size):
    """[(what, aim, (times, rival) or None)]: how many times better Firn is than the best rival."""
    found = []

    def add(what, aim, lead):
        found.append((what, aim, lead))

    for number, scenario, what in ((1, "append", "appends, one a request"), (2, "append", "appends, {batch} a request"),
                                   (4, "transfer", "transfers")):
        for clients in figures.values("clients", number=number, scenario=scenario):
            if clients >= 16:
                add(f"{what.format(batch=size['batch'])}, {clients} clients", LEAD,
                    figures.lead("per_second", number=number, scenario=scenario, clients=clients))
    for clients in figures.values("clients", number=3):
        add(f"contended stream, {clients} clients", TWICE, figures.lead("per_second", number=3, clients=clients))
    for length in figures.values("length", scenario="state", number=5):
        for figure, word in (("first_us", "cold"), ("p50_us", "warm")):
            add(f"state of {length:,} events, {word}", TWICE,
                figures.lead(figure, least=True, number=5, scenario="state", length=length, ours={"snapshots": True}))
            add(f"state of {length:,} events, {word}, nobody has snapshots", TWICE,
                figures.lead(figure, least=True, number=5, scenario="state", length=length, snapshots=False))
    add(f"reading a stream of {size['read_length']:,} events", LEAD, figures.lead("per_second", number=6, scenario="read_stream"))
    add("reading everything", LEAD, figures.lead("per_second", number=6, scenario="read_all"))
    add("bytes held", LEAD, figures.lead("disk_bytes", least=True, number=7, scenario="load"))
    add("bytes after compaction", LEAD, figures.lead("disk_bytes", least=True, number=7, scenario="compaction"))
    add("time of compaction", LEAD, figures.lead("seconds", least=True, number=7, scenario="compaction"))
    add("start-up", LEAD, figures.lead("seconds", least=True, number=8, scenario="startup"))
    add("memory after start-up", LEAD, figures.lead("own_bytes", least=True, number=8, scenario="startup"))
    return [one for one in found if one[2]]
