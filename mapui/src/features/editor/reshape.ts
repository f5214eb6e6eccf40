/** Moving vertices with the pointer: Terra Draw's selection, loaded when it is asked for. Drawing itself is our own, since it works with the keyboard as well. */
import type { Geometry } from 'geojson'
import type { Map as LibreMap } from 'maplibre-gl'
import type { Palette } from '../../map/palette'

/** More would make dragging slow; such shapes are edited as text. */
export const MOST_VERTICES = 2000

const DECIMALS = 9

/** reshape makes a shape of one part draggable; the function it returns ends that. */
export async function reshape(map: LibreMap, geometry: Geometry, palette: Palette, changed: (geometry: Geometry) => void): Promise<() => void> {
  const [{ TerraDraw, TerraDrawLineStringMode, TerraDrawPointMode, TerraDrawPolygonMode, TerraDrawSelectMode }, { TerraDrawMapLibreGLAdapter }] = await Promise.all([import('terra-draw'), import('terra-draw-maplibre-gl-adapter')])
  const ink = palette.ink as `#${string}`
  const card = palette.card as `#${string}`
  const flags = { feature: { draggable: true, coordinates: { midpoints: true, draggable: true, deletable: true } } }
  const select = new TerraDrawSelectMode({
    flags: { polygon: flags, linestring: flags, point: { feature: { draggable: true } } },
    allowManualDeselection: false,
    styles: {
      selectedPolygonColor: ink, selectedPolygonFillOpacity: 0.12, selectedPolygonOutlineColor: ink, selectedPolygonOutlineWidth: 3, selectedLineStringColor: ink, selectedLineStringWidth: 3,
      selectedPointColor: card, selectedPointOutlineColor: ink, selectedPointOutlineWidth: 4, selectedPointWidth: 9,
      selectionPointColor: card, selectionPointOutlineColor: ink, selectionPointOutlineWidth: 3, selectionPointWidth: 7, midPointColor: ink, midPointOutlineColor: card, midPointWidth: 4, midPointOutlineWidth: 2,
    },
  })
  const draw = new TerraDraw({ adapter: new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: DECIMALS }), modes: [select, new TerraDrawPointMode(), new TerraDrawLineStringMode(), new TerraDrawPolygonMode()] })
  draw.start()
  const mode = { Point: 'point', LineString: 'linestring', Polygon: 'polygon' }[geometry.type as 'Point' | 'LineString' | 'Polygon']
  const [added] = draw.addFeatures([{ type: 'Feature', geometry: rounded(geometry) as never, properties: { mode } }])
  if (!added?.valid || added.id === undefined) {
    draw.stop()
    throw new Error(added?.reason ?? 'geometry')
  }
  const id = added.id
  draw.setMode('select')
  draw.selectFeature(id)
  draw.on('finish', () => {
    const now = draw.getSnapshotFeature(id)
    if (now) changed(now.geometry as Geometry)
  })
  return () => draw.stop()
}

function rounded(geometry: Geometry): Geometry {
  return JSON.parse(JSON.stringify(geometry, (_, value: unknown) => (typeof value === 'number' ? Number(value.toFixed(DECIMALS)) : value))) as Geometry
}
