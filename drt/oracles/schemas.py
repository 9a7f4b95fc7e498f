"""Laws of schemas: all engines take the same ones, understand the same by them, and translate them truly.

Owns the parity of schema readers, the round trips between both syntaxes (spec 07, 11 §6), and the reading of
entities under a schema.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from drt.model.case import Case, Format, Source
from drt.model.engine import Engine, NotLoaded
from drt.model.outcome import Accepted, Outcome, Printed
from drt.model.question import Authorize, ReadEntities, ReadSchema, TranslateSchema, Validate
from drt.oracles.comparing import Comparison
from drt.oracles.definitions import of_entities, of_schema, schemas_are_defined, stores_are_defined
from drt.oracles.law import Compares, law
from drt.oracles.rewriting import without_action


@law(Compares.ENGINES)
def schema_readers_agree(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """A schema is refused by all, or resolved by all to the same; a further one is too, by itself.

    What they agree on is held to the definition, by the law of that.
    """
    defined = Comparison(schemas_are_defined.name, engines)
    for number, schema in enumerate(case.schemas):
        question = f"schema {number}" if number else "schema"
        answers: list[Outcome] = [engine.ask(ReadSchema(schema)) for engine in engines]
        found = len(comparison.divergences)
        comparison.compare(question, answers)
        if found == len(comparison.divergences):
            of_schema(schema).hold(defined, question, schema.text, answers)
    comparison.divergences += defined.divergences


@law(Compares.DOCUMENTS)
def schema_translations_mean_the_same(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """All engines resolve a schema's translation by any engine as the schema itself, there and back."""
    if case.schema is None:
        return
    for writer in engines:
        read = writer.ask(ReadSchema(case.schema))
        if not isinstance(read, Accepted):
            comparison.skip("schema not read")
            continue
        source = case.schema
        for _ in range(2):
            to: Format = "json" if source.format == "cedar" else "cedar"
            printed = writer.ask(TranslateSchema(source, to))
            if not isinstance(printed, Printed):
                variants: list[tuple[str, Outcome]] = [
                    (writer.name, read),
                    (f"{writer.name}, to {to}", printed),
                ]
                comparison.hold("translation", variants)
                break
            source = Source(printed.text, to)
            for reader in engines:
                again = reader.ask(ReadSchema(source))
                name = f"{reader.name}, from {writer.name}'s {to}"
                comparison.hold(
                    f"schema in {to}", [_meaning(writer, read, reader, case.schema), (name, again)]
                )
            defined = of_schema(source).answer(source.text, read)
            if defined is not None:
                name = f"definition, of {writer.name}'s {to}"
                comparison.hold(f"schema in {to}", [(writer.name, read), (name, defined)])


def _meaning(writer: Engine, read: Accepted, reader: Engine, schema: Source) -> tuple[str, Outcome]:
    """Return the writer's reading of a schema, or the reader's where the writer gives no document."""
    own = None if read.canonical else reader.ask(ReadSchema(schema))
    if isinstance(own, Accepted):
        return f"{writer.name}, as {reader.name} reads it", own
    return writer.name, read


@law(Compares.DOCUMENTS)
def syntaxes_validate_alike(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """Policies have the same verdict under a schema and under its translation."""
    for engine in engines if case.schema is not None else ():
        assert case.schema is not None
        to: Format = "json" if case.schema.format == "cedar" else "cedar"
        printed = engine.ask(TranslateSchema(case.schema, to))
        if not isinstance(printed, Printed):
            comparison.skip("schema not translated")
            continue
        verdicts = [
            _verdict(engine, replace(case, schema=schema))
            for schema in (case.schema, Source(printed.text, to))
        ]
        comparison.hold(
            "validation", [(engine.name, verdicts[0]), (f"{engine.name}, schema in {to}", verdicts[1])]
        )


def _verdict(engine: Engine, case: Case) -> Outcome:
    loaded = engine.load(case)
    return loaded if isinstance(loaded, NotLoaded) else loaded.ask(Validate())


@law(Compares.ENGINES)
def stores_conform_alike(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """Entities are refused by all, or read by all as the same, under a schema too (spec 05 §6, §7).

    What they agree on is held to the definition, by the law of that.
    """
    answers: list[Outcome] = [engine.ask(ReadEntities(case.entities, case.schema)) for engine in engines]
    comparison.compare("entities", answers)
    definition = None if comparison.divergences else of_entities(case.schema)
    if definition is not None:
        defined = Comparison(stores_are_defined.name, engines)
        definition.hold(defined, "entities", case.entities, answers)
        comparison.divergences += defined.divergences


@law(Compares.ITSELF)
def the_action_may_be_written_out(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """Writing the request's action in the place of the variable changes no response."""
    if case.policies.format != "cedar":
        comparison.skip("policies not in text")
        return
    for engine in engines:
        whole = engine.load(case)
        if isinstance(whole, NotLoaded):
            comparison.skip("case not read")
            continue
        for index, request in enumerate(case.requests):
            text = without_action(case.policies.text, request.text)
            part = engine.load(replace(case, policies=Source(text)))
            written = part if isinstance(part, NotLoaded) else part.ask(Authorize(request))
            variants = [
                (engine.name, whole.ask(Authorize(request))),
                (f"{engine.name}, action written out", written),
            ]
            comparison.hold(f"request {index}", variants, request=index)
