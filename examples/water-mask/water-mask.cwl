# The water mask as an Application Package (OGC 20-089): a folder with a STAC catalogue in, another out.
#   thalweg get, the SDK or curl deploy it:
#   curl -X POST -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/cwl+yaml" \
#        --data-binary @water-mask.cwl http://127.0.0.1:8000/api/processes
cwlVersion: v1.2
$namespaces:
  s: https://schema.org/
s:softwareVersion: 1.0.0
s:keywords: [water, NDWI, MNDWI, Otsu, hydrology]
$graph:
  - class: Workflow
    id: water-mask-cwl
    label: Water mask (Application Package)
    doc: >-
      Maps open water in one image, as the Process water-mask does, but as a package that any platform which runs
      CWL can execute.
    inputs:
      image:
        type: Directory
        label: Image
        doc: An optical image, staged in as a STAC catalogue of one Item.
      index:
        type:
          type: enum
          symbols: [auto, ndwi, mndwi]
        default: auto
        label: Index
        doc: Which index tells water from land; auto takes the MNDWI where there is a short-wave infrared band.
      threshold:
        type: [float, "null"]
        label: Threshold
        doc: The index above which there is water; found by Otsu's method unless given.
      green:
        type: string?
        label: Green band
        doc: Its name or number, for an image that does not say which is which.
      nir:
        type: string?
        label: Near infrared band
      swir:
        type: string?
        label: Short-wave infrared band
      clouds:
        type: boolean
        default: true
        label: Leave out clouds
    outputs:
      results:
        type: Directory
        label: Water mask
        doc: A STAC catalogue with the mask and its outlines; empty where no water is separable.
        outputSource: map/results
      water_area_km2:
        type: [float, "null"]
        label: Water area
        doc: km² on the ground.
        outputSource: map/water_area_km2
      verdict:
        type: string
        label: Verdict
        outputSource: map/verdict
      message:
        type: string
        label: Message
        outputSource: map/message
      separability:
        type: float
        label: Separability
        outputSource: map/separability
      threshold_taken:
        type: [float, "null"]
        label: Threshold taken
        outputSource: map/threshold_taken
    steps:
      map:
        run: "#map-water"
        in:
          image: image
          index: index
          threshold: threshold
          green: green
          nir: nir
          swir: swir
          clouds: clouds
        out: [results, water_area_km2, verdict, message, separability, threshold_taken]
  - class: CommandLineTool
    id: map-water
    doc: Writes the catalogue, and its values as cwl.output.json.
    baseCommand: [python, -m, thalweg.hydrology.water_mask_tool]
    inputs:
      image:
        type: Directory
        inputBinding: {position: 1}
      index:
        type: Any
        inputBinding: {prefix: --index}
      threshold:
        type: float?
        inputBinding: {prefix: --threshold}
      green:
        type: string?
        inputBinding: {prefix: --green}
      nir:
        type: string?
        inputBinding: {prefix: --nir}
      swir:
        type: string?
        inputBinding: {prefix: --swir}
      clouds:
        type: boolean
        inputBinding: {prefix: --clouds}
    outputs:
      results: Directory
      water_area_km2: float?
      verdict: string
      message: string
      separability: float
      threshold_taken: float?
