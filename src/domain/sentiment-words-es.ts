import type { LanguageWords } from "./sentiment-vocabulary.ts";

/** Spanish as it is written in chat. Written for this project from knowledge of the language; no list of anybody's was used. */
export const SPANISH: LanguageWords = {
  words: [
    [
      2,
      `viva vivan viva arriba jefe jefazo jefaza fenómeno fenomeno figura genio genia tqm tkm bravísimo fino finísimo goty diez sublime temazos piropo placer paraíso
      olee chapó chapeau aplauso reina reinas rey reyes hero legend leyendas cuquísimo salud ánimo carcajada jajajas descojone jijas amazing love good awesome
      ilusión merecidísimo mítico mítica míticos míticas clásico fan buenardo buenarda tochísimo joyón juegardo cremita facherito`,
    ],
    [
      -2,
      `corrupción dictadura dictador guerra asesino asesinos asesina genocidio genocida mafia mafioso terrorista terroristas terrorismo cárcel dimisión dimite ruina crisis
      pobreza hambre censura bulo bulos propaganda hater haters violencia agresión acoso abuso víctima víctimas delito delincuente delincuentes engaño farsa
      farsante farsantes chorizo chorizos saqueo barbaridad burrada desgraciadamente lamentablemente bochorno pesadilla cabreo fastidio toxicidad chupapollas comemierda
      tocahuevos coñazo putada cagada mierdoso sobrevalorado sobrevalorada truño pestiño plasta petardo cutrez lacra escándalo discriminación muertos fango odiadores
      golpista golpistas vividor vividores vendido vendidos vendida parguela pringado pringados palurdo energúmeno cretino cretinos mequetrefe majadero gañán garrulo
      zoquete bochinche cínico cínica demagogo demagogia populista censor turra lastre esperpento pantomima despropósito chapuza chapuzas`,
    ],
    [
      3,
      `increíble increíbles maravilloso maravillosa maravilla perfecto perfecta perfectos perfectas perfección sensacional
      espectacular espectaculares fantástico fantástica excelente excelentes magnífico magnífica extraordinario extraordinaria
      fenomenal genial geniales brillante impecable mejor mejores amo amé encanta encantó encantan encantado encantada hermoso
      hermosa hermosos hermosas hermosura precioso preciosa preciosos preciosas bellísimo felicidades felicitaciones enhorabuena
      leyenda legendario buenísimo buenísima buenisimos guapísimo guapísima graciosísimo temazo temón partidazo golazo jugadón
      jugadon pepinazo brutal obra-maestra goat`,
    ],
    [
      2,
      `bueno buena buen buenos bonito bonita bonitos bonitas lindo linda lindos lindas guapo guapa guapos guapas guay chulo chula
      chulos chévere chido chida bacano bacán copado molón mola molan molaba gustó gustaba gustan gustado gracias grax grac
      agradezco agradecido feliz felices felicidad alegre alegría alegra alegro contento contenta divertido divertida divertidos
      diversión gracioso graciosa graciosos risa risas ríe riendo emoción emocionante emocionado disfruta disfrutar disfrutando
      disfruté gané ganó ganamos victoria victorias campeón campeona campeones crack cracks máquina maquina maquinón maquinon
      titán titan bestia fiera grandioso capo mostro dios diosa héroe heroína ídolo amor amores te-amo te-quiero adoro adorable
      cariño cariños beso besos besitos abrazo abrazos abracitos ole olé vamos vamoos vamo yuju yupi bravo éxito éxitos suerte
      orgullo orgulloso orgullosa merecido merecida merece merecéis simpático simpática majo maja majos majete amable dulce
      tierno tierna ternura cuqui cuco cuki bello bella delicioso deliciosa épico épica hype top topísimo god pog nice
      inteligente talento talentoso interesante interesantes impresionante impresionado recomiendo recomendado apoyo bendición
      bendiciones bienvenido bienvenida bienvenidos bienvenidas cool masterclass salvado gg ggs ggwp wp ez papi basado based joya
      joyita juegazo juegaso streamazo directazo directaso cumpleaños cumple ánimo animo ánimos temardo insano crackazo flipante
      flipo fantasía placer sabroso calidad`,
    ],
    [
      1,
      `bien mejorado fácil suave tranquilo tranqui relajado compañía ayudó esperanza ojalá fuerte fuerza fuerzas saludos saludo
      saludito saluditos hola holaa holi holis holiwi buenas wenas aupa hey sonrisa sonreír fiesta celebrar regalo regalos
      ganando wow guau aplausos paz útil correcto exacto conseguido conseguiste lograste logró logrado cachondo majico magia
      mágico amén crackk valiente respeto sano sana aprobado`,
    ],
    [
      -1,
      `meh difícil complicado raro rara raros lento lenta lag laggeado lagueado laguea lagazo trabado traba bug bugs bugueado
      bugeado error errores fallo fallos falla fallé falló fallado pierde pierdes perder perdió perdí perdimos perdido perdida
      perdiste pierdo confuso confusa lío cansado cansada cansino cansina cansan cansancio pereza miedo miedito susto asustado
      nervioso nerviosa preocupado preocupada ansiedad pena penita lástima pobre pobrecito pobrecita pobres sufre sufriendo
      sufrir sufro sufrimiento caro rindo roto rota rompió injusto injusta injusticia suspendido suspenso mal dolor duele duelen
      enfermo enferma gripe llorando llorar lloro lloré manco manca mancos noob noobs tilteado tilt tilteo tilteada pesado pesada
      pesados jo jolín jopé jope puf pff buff fuck problema problemas molesta molesto quejas queja quejan quejarse llorón
      llorones lloron lloros lesión lesionado baneo agobio agobia agobiado estrés estresado grave peligro culpa tramposo trampas
      trampa chetos hacker cheater smurf copium rip nop`,
    ],
    [
      -2,
      `malo mala malos malas feo fea feos feas aburrido aburrida aburridos aburrimiento aburre aburren aburro tedioso insoportable
      insufrible irritante irrita cansino molesto triste tristes tristeza deprimente deprimido depresión decepción decepcionante
      decepcionado decepciona rabia odio odian odiar odiaba detesto asco ascazo vergüenza verguenza vergonzoso ridículo ridícula
      ridículos patético patética tonto tonta tontos tontería tonterías idiota idiotas imbécil imbéciles estúpido estúpida
      estúpidos gilipollas gilipollez gilipolleces subnormal subnormales capullo capullos cabrona payaso payasos payasa payasada
      basura basuras bazofia mierda mierdas mierdón mierdon caca porquería fracaso fracasado fracasada inútil inútiles
      incompetente ladrón ladrones ladrona robo estafa estafador estafadores mentira mentiras mentiroso mentirosa mentirosos
      falso falsa hipócrita hipócritas arrogante creído prepotente maldito maldita malditos infierno zorra guarra guarro cerdo
      cerda cerdos hdp hijueputa hijoputa pendejo pendejos pendeja pelotudo pelotudos mamahuevo retrasado retrasada retrasados
      tóxico tóxica tóxicos desastre desgracia tragedia cringe grima frustrante frustrado pésimamente arruinado arruina arruinó
      estropea estropeado lamentable lamento infeliz desgraciado desgraciada jodido jodida jodidos fascista fascistas facha
      fachas racista racistas machista machistas nazi nazis homófobo corrupto corruptos insulto insultos insultar insultando
      llorica lloricas cansinos paleto paletos chusma gentuza escoria parásito parásitos sinvergüenza sinverguenza caradura
      cobarde cobardes rata ratas traidor lameculos mamarracho bobo boba bobos inepto inepta ineptos manipulador manipulación
      flop flopeado bodrio`,
    ],
    [
      -3,
      `horrible horribles pésimo pésima pésimos peor peores malísimo malísima asquerosa asqueroso asquerosos asquerosidad
      repugnante horroroso horrorosa abominable vomitar vomitivo`,
    ],
    [0, `gusta mas más lo no pues dos ten son hay cara rico grande`],
  ],
  phrases: [
    [
      3,
      `te amo|te quiero|te queremos|os quiero|me encanta|nos encanta|me flipa|qué grande|que grande|muy bueno|muy buena|muy buen|
      muy bien|el mejor|la mejor|los mejores|lo mejor|la hostia|de puta madre|puto amo|qué bueno|que bueno|qué bonito|
      que bonito|me meo|muy grande|eres grande|que guapo|que guapa|puta locura`,
    ],
    [
      2,
      `me gusta|me gustó|me gusto|nos gusta|muchas gracias|mil gracias|buen trabajo|buen juego|buen directo|qué risa|que risa|
      qué bien|que bien|me alegro|me alegra|vale la pena|la pena verlo|no está mal|no esta mal|nada mal|que ganas|qué ganas|
      de locos|muy top|me parto|me muero de risa|me descojono|que lindo|que linda|que mono|que mona|la leche|te sigo|
      feliz cumpleaños|feliz cumple|bien jugado|vaya jugada|dale dale|un crack|un grande|una pasada|sois los mejores|
      menudo crack|tan bonito|bien hecho|una risa|vamos vamos|gran directo|que temazo|de lujo`,
    ],
    [
      1,
      `buenos días|buenos dias|buenas tardes|buenas noches|buenas a|hola buenas|buen día|buen dia|muy buenas|estoy de acuerdo|
      tiene razón|tienes razón|tienes razon|buena suerte|un saludo|un beso|un abrazo|que aproveche`,
    ],
    [
      0,
      `por favor|de nada|por supuesto|bien o|está bien|esta bien|más o|mas o|o menos|mejor que|qué es mejor|cual es mejor|a ver|
      bueno pues|bueno a|bueno y|bueno yo|bueno pero|bueno que|bueno es|buena pregunta|solo mejor|más bien|mas bien|a lo mejor|
      vale pues`,
    ],
    [
      -1,
      `no entiendo|no entendí|no se entiende|no funciona|no va|no veo|no se ve|no se oye|no se escucha|sin sonido|sin audio|
      sin voz|qué pena|que pena|qué lástima|que lastima|qué raro|que raro|no puede ser|mala suerte|otra vez|no puedo más|
      no puedo mas|ni idea|ni de coña|que miedo|qué miedo|hay lag|mucho lag|anuncios otra|no me gusta|no me gusto|que sueño|
      me muero|qué dices|que dices|pero que|va mal|se corta|se escucha mal|se ve mal|se oye mal`,
    ],
    [
      -2,
      `qué asco|que asco|qué vergüenza|que vergüenza|que verguenza|una mierda|vaya mierda|menuda mierda|puta mierda|de mierda|
      la mierda|una basura|qué triste|que triste|qué malo|que malo|que mala|qué mal|que mal|que feo|muy mal|muy malo|muy mala|
      da asco|dan asco|me cago|hijo de|hija de|hijos de|vete a|cállate|callate|a tomar por|lo peor|me aburro|me aburre|
      que aburrido|qué aburrido|da pena|dan pena|vaya pena|ni puta|ni puto|tu madre|tu puta|que coñazo|un coñazo|un asco|
      no vale|no sirve|no sirves|no mola|me cansa|qué cansino|deja de|dejad de|da vergüenza|vergüenza ajena|verguenza ajena|
      no aguanto|no soporto|da igual todo|sin gracia|que rabia|qué rabia`,
    ],
    [-3, `el peor|la peor|los peores|hijo de puta|hija de puta|hijos de puta|muérete|muerete`],
  ],
  verbs: [
    [3, "encantar adorar flipar"],
    [
      2,
      `disfrutar ganar felicitar agradecer alegrar emocionar divertir merecer admirar aplaudir celebrar triunfar molar petar reír abrazar recomendar bordar
      enamorar ilusionar impresionar mejorar lograr`,
    ],
    [1, "ayudar apoyar sonreír animar cuidar confiar respetar compartir acertar conseguir"],
    [
      -1,
      `fallar perder llorar sufrir cansar tardar romper caer quejar dudar temer preocupar equivocar confundir asustar doler empeorar suspender molestar
      discutir`,
    ],
    [
      -2,
      `odiar aburrir insultar mentir robar estafar engañar arruinar estropear fracasar joder fastidiar decepcionar cabrear enfadar enojar cagar apestar hartar
      manipular censurar amenazar acosar agredir humillar ofender matar asesinar destrozar destruir despreciar ensuciar traicionar saquear criticar lamentar atacar
      abusar maltratar repugnar asquear avergonzar deprimir frustrar abandonar discriminar burlar difamar`,
    ],
  ],
  adjectives: [
    [3, "precioso hermoso maravilloso fantástico espectacular magnífico genial brutal sublime bestial"],
    [
      2,
      `bonito lindo guapo majo chulo gracioso divertido simpático bello contento alegre feliz orgulloso elegante fino épico tremendo sabroso tierno valiente
      inteligente emocionante ilusionado honesto sincero noble digno entrañable adorable amable interesante`,
    ],
    [
      -1,
      "lento raro cansado confuso pesado roto injusto difícil pobre aburguesado perdido incómodo dudoso preocupante nervioso asustado sospechoso agotado flojo cutre soso",
    ],
    [
      -2,
      `feo malo tonto triste aburrido ridículo patético estúpido molesto tóxico lamentable penoso nefasto vergonzoso bochornoso miserable corrupto violento
      inútil falso mentiroso harto cabreado enfadado enojado indignado absurdo cobarde rastrero repelente insufrible insoportable infumable inaguantable
      ignorante inculto necio vulgar prepotente soberbio racista machista fascista homófobo cruel egoísta hipócrita decepcionado arrogante maleducado cansino
      mediocre fallido inmundo rancio podrido indecente inmoral ilegal injustificable inadmisible inaceptable intolerable deplorable detestable odioso agresivo
      tramposo sinvergüenza desagradable incompetente`,
    ],
  ],
  negators: `no ni nunca jamás jamas nadie ningún ningun ninguno ninguna sin nada tampoco`,
  boosters: `muy mucho mucha muchos muchas súper super mega re tan tanto bastante demasiado demasiada totalmente completamente puto puta
      putos putas jodidamente tremendo tremenda extremadamente realmente joder menudo menuda vaya`,
  dampers: `poco poca algo medio casi quizá quizás quizas tal-vez`,
  turns: `pero aunque sino sin-embargo`,
  marks: `el la los las lo es y en un una con por para pero muy está esta están estan eso ese esa esto este qué que de del al le les
      se te tu su mi si sí yo él ella nos os hay ha han eres soy fue era ser hace hacer tiene tengo tienes como cómo
      cuando donde quien porque más mas ya hoy ahora aquí ahí todo todos toda nada vale tío tio jaja gente chat voy vas ver
      así pues cuándo también tambien sois estáis`,
};
