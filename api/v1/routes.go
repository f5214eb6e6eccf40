package v1

import (
	"slices"
	"strconv"
	"time"

	"wolnica/api"
	"wolnica/api/pdf"
	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/access"
	"wolnica/models/exchange"
	"wolnica/models/hours"
	"wolnica/models/job"
	"wolnica/models/mapdata"
	"wolnica/models/media"
	"wolnica/models/plan"
	"wolnica/models/plan/pabulib"
	"wolnica/models/store"
)

// Deps is what the resources work with.
type Deps struct {
	Store *store.Store
	Files *media.Store
	// Jobs runs the imports that are uploaded.
	Jobs *job.Runner
	// Map answers the questions beside the map; without it they are not there.
	Map *mapdata.Data
	// PDF prints documents; nil is a printer that takes the Chromium it finds.
	PDF *pdf.Printer
	// Temp is where exports that need a file on the way make it; "" is the system's folder.
	Temp string
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

type handlers struct {
	store   *store.Store
	files   *media.Store
	jobs    *job.Runner
	pdf     *pdf.Printer
	temp    string
	now     func() time.Time
	mapData *mapdata.Data
	// exporting has a place for each export being written.
	exporting chan struct{}
}

// maxExports is how many exports are written at the same time. Each holds a connection to the database for as long as its
// client takes to read it; the rest of the pool is for everybody else.
const maxExports = 6

// Routes is the table of the registry's API.
func Routes(d Deps) []api.Route {
	h := &handlers{store: d.Store, files: d.Files, jobs: d.Jobs, pdf: d.PDF, temp: d.Temp, now: d.Now, mapData: d.Map, exporting: make(chan struct{}, maxExports)}
	if h.now == nil {
		h.now = time.Now
	}
	if h.pdf == nil {
		h.pdf = pdf.New(pdf.Config{})
	}
	return slices.Concat(
		h.places(),
		h.protections(),
		h.inspections(),
		h.accessFacts(),
		h.externalIDs(),
		h.media(),
		h.products(),
		h.imports(),
		h.municipalities(),
		h.categories(),
		h.vocabularies(),
		h.parsers(),
		h.users(),
		h.mapRoutes(),
		h.interchange(),
		h.factProposals(),
		h.reports(),
		h.savedViews(),
		h.quality(),
		h.gaps(),
		h.serviceStandards(),
		h.unitRates(),
		h.planningAssumptions(),
		h.article13f(),
		h.planCondition(),
		h.accessTables(),
		h.suggestions(),
		h.proposals(),
		h.funds(),
		h.exclusionGroups(),
		h.scenarios(),
		h.programmeRuns(),
		h.programmeReports(),
		h.votes(),
		[]api.Route{h.needsVerdicts(), h.whatIf(), h.survey(), h.indicators()},
		h.article6(),
	)
}

func formatID(id int64) string { return strconv.FormatInt(id, 10) }

// The codes a field may hold are one list in models; validation, messages and the OpenAPI document all read it there.
func init() {
	for _, l := range models.CodeLists() {
		api.RegisterCodes(l.Name, l.Has, l.Codes)
	}
	register := func(tag string, codes []string) {
		api.RegisterCodes(tag, func(c string) bool { return slices.Contains(codes, c) }, func() []string { return codes })
	}
	register("place_sort", store.PlaceSorts())
	register("product_sort", store.ProductSorts())
	register("proposal_sort", store.ProposalSorts())
	register("vote_type", pabulib.VoteTypes.Codes())
	register("protection_filter", slices.Concat(models.ProtectionForms.Codes(), models.Inventories.Codes(), models.InternationalListings.Codes(), []string{"any", "none"}))
	register("map_facet", mapdata.PlaceFacetNames())
	register("verified_filter", append(models.AccessProfiles.Codes(), models.VerifiedAny))
	register("grade_filter", slices.Concat(models.AssetGrades.Codes(), models.HeritageGrades.Codes(), []string{"any", "none"}))
	var formats []string
	for _, f := range exchange.Formats {
		formats = append(formats, f.Name)
	}
	register("export_format", formats)
	register("gap_reason", plan.GapReasons.Codes())
	register("compliance", plan.Outcomes.Codes())
	register("verdict_profile", slices.Concat(models.AccessProfiles.Codes(), []string{"custom"}))
	register("fact_why", access.FactWhys.Codes())
	register("opening_state", []string{hours.Open.String(), hours.Closed.String(), hours.Unknown.String()})
	register("link_outcome", slices.Concat(models.VerdictCodes.Codes(), []string{access.LinkNotJudged, access.LinkNotApplicable}))
	var attributes []string
	for _, a := range models.AccessAttributes() {
		attributes = append(attributes, a.Code)
	}
	register("access_attribute", attributes)
	var fixes []string
	for _, f := range access.StandardFixes() {
		fixes = append(fixes, f.Code)
	}
	register("access_fix", fixes)
	api.DescribeType[geo.Geometry](api.GeometrySchema)
}
