// Package osmtags says what the tags of an OpenStreetMap element mean for the registry: whether the element is a place and
// of which category, what it is called, and which facts of accessibility its tags state.
//
// What lives here: pure functions and the tables behind them. What may not: reading files (that is geo/osm), the
// database, and anything that guesses. A value that an attribute does not admit, or that says something else than the
// attribute asks, becomes a warning and no fact.
//
// # Which elements are places
//
// Those with the tags of a category (models.Vocabulary, and categories added to the registry). Of several that fit the one that
// needs more tags wins, then the narrower one, then the order of the vocabulary; once for heritage and once for infrastructure, so
// that a manor (historic=manor) in its park (leisure=park) has both sides. The exceptions:
//
//   - Tags of everyday things make heritage only beside a mark of heritage (historic, heritage, heritage:operator, ref:nid):
//     building=house is a house. Churches, cemeteries, fountains, statues, mounds and watermills need no mark. A mark on what no
//     category knows (historic=bunker) is heritage without a narrower category.
//   - access=private and access=no: no infrastructure for the public. A private castle is heritage still.
//   - A swimming pool has to show that it is not a garden's, a street, a cycle path or a stop needs a name, a bus shelter is no shelter for
//     hikers, and what belongs to a category only together with something tags do not say is never derived (see conditions).
//
// Tags that the caller asks for by name (only) need neither mark nor name.
//
// planned:, proposed: and construction: before the tag make a planned place; disused:, abandoned:, closed: and was: a closed one,
// as do disused=yes and abandoned=yes on infrastructure; razed:, demolished:, removed: and destroyed: a destroyed one. Only an
// existing place has facts.
//
// # Which tags are facts
//
// The table is rules. A tag is taken where it can only mean the attribute, by what kind of thing it stands on:
//
//   - On a street or path: width, incline, surface, smoothness, lit, tactile_paving are the path's. On a playground, pitch
//     or park they are the ground's and no fact of the way there (surface goes to the place's own field). On a building they are left out.
//   - On a building or a single point: doors, steps, ramps and handrails are those of its entrance. On an area without
//     building they are left out: nobody knows where they are. step_count of a tower is the way up and no entrance.
//   - On a toilet (amenity=toilets): the door, its operation and the turning circle are the toilet's (part toilet), steps and ramp
//     those of the way in.
//   - On a car park: capacity:disabled. Elsewhere it may be seats, and is left out.
//   - Nodes entrance=main and entrance=yes on the outline of a place (not private ones) are its parts entrance, entrance#2 and so
//     on, the main ones first, then by number. That is how a new place has them; in one that exists an entrance keeps its number
//     (store.ImportPart.Door). Their tags are theirs; those of doors and steps on the place itself are then
//     left out with a warning, for they do not say which entrance they mean. Entrance nodes within a building are left out.
//   - wheelchair=yes|limited|no|designated is wheelchair_claim and nothing else, wherever it stands.
//   - hearing_loop=yes is a fixed loop, which is what the key describes. dog=no says nothing of assistance dogs, which the
//     law admits; quiet_hours=no, centralkey=no and tactile_writing=no do not say that there is nothing else of the kind.
//   - toilets=no makes toilet_wheelchair not applicable. ramp=yes alone may be a runnel for bicycles: ramp:wheelchair or
//     ramp:portable has to say more. On points left and right have no direction, so handrails count on both sides or none.
//
// A fact is dated by check_date:KEY, else survey:date, else check_date, else the day of the element's last edit, else the
// day the file is said to be of. A month or a year counts from its first day. Without a date there is no fact.
package osmtags
