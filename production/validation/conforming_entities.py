"""Entity documents under a schema (spec 05 §2.3, §6, §7): read by type, checked, actions added."""

from __future__ import annotations

from collections.abc import Iterable

from ..documents.entity_json import entity_objects, read_entity_object, read_parents, read_uid
from ..documents.typed_json import read_typed_record, read_typed_tags
from ..entities import Entities
from ..errors import EntitiesError, JsonError
from ..language.arguments import instance_of, iterable_of
from ..language.entity import NO_TAGS, Entity, make_entity
from ..language.gc_pause import without_collection
from ..language.names import is_action_type
from ..language.near_names import near_name
from ..language.uids import Uid
from ..language.values import Record
from ..schema.model import EnumeratedEntityType, ExternalEntityType, SchemaModel, StandardEntityType
from ..schema.typed_values import misfit, near_action, unlisted
from ..schema.types import RecordType
from ..text.json_text import Json


class EntityReader:
    """A reader that checks entities against one schema."""

    def __init__(self, model: SchemaModel) -> None:
        self._model = model
        self._no_attributes = model.types.record({})
        self._actions = [
            make_entity(Uid(*uid), {}, frozenset(Uid(*parent) for parent in action.parents))
            for uid, action in model.actions.items()
        ]

    def read(self, text: str) -> Entities:
        """Read an entity document. Raises `EntitiesError` for what does not fit the schema (spec 05 §6)."""
        with without_collection():
            return self.conforming([self._entity(node) for node in entity_objects(text)])

    def conforming(self, entities: Iterable[Entity]) -> Entities:
        """Return a store of these and of the schema's actions.

        Raises `EntitiesError` unless all fit the schema.
        """
        listed = [instance_of(one, Entity, "an entity") for one in iterable_of(entities, "entities")]
        for entity in listed:
            if not is_action_type(entity.uid.type):
                self._check_entity(entity)
        store = Entities.from_entities(listed)
        for entity in listed:
            if is_action_type(entity.uid.type):
                self._check_action(entity, store)
        missing = [action for action in self._actions if action.uid not in store]
        return store.add(missing) if missing else store

    def _entity(self, node: dict[str, Json]) -> Entity:
        uid: Uid | None = None
        try:
            uid = read_uid(node["uid"], 2)
            if is_action_type(uid.type):
                return read_entity_object(node)
            attributes = read_typed_record(_object(node["attrs"], "attrs"), self._shape(uid), 2)
            parents = read_parents(node["parents"])
            tags = self._tags(uid, _object(node["tags"], "tags")) if "tags" in node else NO_TAGS
        except JsonError as error:
            raise EntitiesError(f"{uid!r}: {error}" if uid is not None else f"in a uid: {error}") from None
        return make_entity(uid, attributes, parents, tags)

    def _shape(self, uid: Uid) -> RecordType:
        declared = self._model.entity_types.get(uid.type)
        if declared is None:
            raise JsonError(
                f"the entity type {uid.type} is not declared{near_name(uid.type, self._model.entity_types)}"
            )
        return declared.shape if isinstance(declared, StandardEntityType) else self._no_attributes

    def _tags(self, uid: Uid, node: dict[str, Json]) -> Record:
        declared = self._model.entity_types[uid.type]
        tag_type = declared.tags if isinstance(declared, StandardEntityType) else None
        if tag_type is None:
            if node:
                raise JsonError(f"entities of type {uid.type} have no tags")
            return NO_TAGS
        return read_typed_tags(node, tag_type, 2)

    def _check_entity(self, entity: Entity) -> None:
        """Check the rules of spec 05 §6 for an entity that is no action."""
        uid = entity.uid
        declared = self._model.entity_types.get(uid.type)
        if declared is None:
            hint = near_name(uid.type, self._model.entity_types)
            raise EntitiesError(f"{uid!r}: the entity type {uid.type} is not declared{hint}")
        if isinstance(declared, ExternalEntityType):
            raise EntitiesError(
                f"{uid!r}: the entity type {uid.type} is external, so it has no entities here"
            )
        problem = unlisted(uid, self._model)
        if isinstance(declared, EnumeratedEntityType):
            if not problem and (entity._attributes or entity._tags or entity.parents):
                problem = "an entity of an enumerated type has no attributes, tags or parents"
        else:
            problem = misfit(entity._attributes, declared.shape, self._model)
            problem = problem or self._tag_problem(entity, declared)
        problem = problem or self._parent_problem(entity)
        if problem:
            raise EntitiesError(f"{uid!r}: {problem}")

    def _tag_problem(self, entity: Entity, declared: StandardEntityType) -> str | None:
        if not entity._tags:
            return None
        if declared.tags is None:
            return f"entities of type {declared.name} have no tags"
        for name, value in entity._tags.items():
            problem = misfit(value, declared.tags, self._model)
            if problem:
                return f"the tag {name!r}: {problem}"
        return None

    def _parent_problem(self, entity: Entity) -> str | None:
        if not entity.parents:
            return None
        declared = self._model.entity_types[entity.uid.type]
        direct = declared.parents if isinstance(declared, StandardEntityType) else ()
        for parent in entity.parents:
            if parent.type not in direct and parent.type not in self._model.entity_ancestors.of(
                declared.name
            ):
                return f"a {entity.uid.type} cannot be in {parent!r}"
            problem = unlisted(parent, self._model)
            if problem:
                return problem
        return None

    def _check_action(self, entity: Entity, store: Entities) -> None:
        """Check that an action in a document is the one that the schema declares, all its groups included."""
        uid = entity.uid
        if (uid.type, uid.id) not in self._model.actions:
            raise EntitiesError(f"the action {uid!r} is not declared{near_action(uid, self._model)}")
        if entity._attributes or entity._tags:
            raise EntitiesError(f"the action {uid!r} has attributes or tags")
        declared = self._model.action_ancestors.of((uid.type, uid.id))
        if {(above.type, above.id) for above in store.ancestors(uid)} != declared:
            raise EntitiesError(f"the action {uid!r} is not in the groups that the schema declares for it")


def _object(node: Json, what: str) -> dict[str, Json]:
    if not isinstance(node, dict):
        raise JsonError(f"`{what}` is an object")
    return node
